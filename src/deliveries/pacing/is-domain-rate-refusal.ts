import type { SendOutcome } from '../../kernel/mail.ts'

/** Whether the recipient's domain finds us too fast: Gmail's 4.7.28, "unusual rate". It wants ten minutes of quiet. */
export function isDomainRateRefusal(outcome: SendOutcome): boolean {
	return outcome.kind === 'refused' && outcome.permanence === 'temporary' && isUnusualRate(outcome.reply)
}

export function isUnusualRate(reply: string): boolean {
	return /\b4\.7\.28\b/.test(reply)
}
