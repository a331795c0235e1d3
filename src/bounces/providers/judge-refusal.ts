import type { BounceClass } from '../../kernel/enumerations.ts'
import { classifyRefusal, findMeaning, meaningOfStatus } from '../../refusals/index.ts'
import type { Verdict } from '../../returned-mail/index.ts'

/**
 * What a provider's own word for a refusal means. `decides`: what the provider itself did, so that no server's words
 * are there to be judged.
 */
export type Category = { class: BounceClass; hard: boolean; decides?: boolean }

/** Words of providers that say as little as `hard` and `soft` alone do. */
export const saysNothing: Category = { class: 'unknown', hard: false }

/** On the provider's own list after earlier bounces: it proves nothing, but goes on until somebody looks. */
export const heldBack: Category = { class: 'temporary', hard: false, decides: true }

export const deadAddress: Category = { class: 'address', hard: true }

/** A category without proof that the address is dead. */
export function soft(kind: BounceClass): Category {
	return { class: kind, hard: false }
}

/**
 * Judges a refusal by what the refusing server said (mail-rules S6, S8), and by the provider's category where the
 * server said nothing that is understood.
 */
export function judgeRefusal(said: { diagnostic: string; status: string }, category: Category): Verdict {
	// who says that it was the recipient has seen the answer to RCPT
	const stage = category.class === 'address' ? 'rcpt' : undefined
	const verdict = classifyRefusal({ ...said, context: '', stage })
	const isUnderstood =
		findMeaning(said.diagnostic) !== undefined || meaningOfStatus(verdict.status) !== undefined
	if (isUnderstood && !category.decides) return verdict
	if (category.class === 'unknown') return verdict
	return { ...verdict, class: category.class, hard: category.hard }
}
