import type { Proof } from '../kernel/enumerations.ts'
import type { ReportedEvent } from './reported-event.ts'

/**
 * What a proof is worth. `envelope`: the report came to, or names, what only the systems that carried the mail were given,
 * or a provider vouches for it. `copy`: it names what stands in the header of the reader's copy. `link`: it
 * names what is in the reader's hands, and in those of whoever a mail was forwarded to.
 */
type ProofStrength = 'envelope' | 'copy' | 'link'

/** Judges what ties an event to a delivery; `docs/decisions/what-a-report-proves.md` says why. */
function judgeProof(by: Proof, { vouched }: Pick<ReportedEvent, 'vouched'>): ProofStrength {
	if (vouched && by !== 'unsubscribe_url') return 'envelope'
	switch (by) {
		case 'return_path':
		case 'envelope_id':
		case 'address':
			return 'envelope'
		case 'returned_path':
		case 'message_id':
			return 'copy'
		case 'unsubscribe_url':
			return 'link'
	}
}

/**
 * Whether an event may cost the address more than the one list: bar it for all, or count towards that. A complaint bars it
 * until staff lifts it, so a copy of the mail is not enough; what bars it for being dead ends with the next confirmation.
 */
export function provesMore(by: Proof, event: Pick<ReportedEvent, 'vouched' | 'kind'>): boolean {
	const strength = judgeProof(by, event)
	return strength === 'envelope' || (strength === 'copy' && event.kind !== 'complaint')
}
