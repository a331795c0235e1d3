import type { Processors } from '../src/jobs/catalog.ts'
import { type SendStaffMailDeps, sendOccasionMail } from '../src/staff/index.ts'

/** Mails a member of staff what they are told of. */
export function sendOccasionMailProcessor(deps: SendStaffMailDeps): Processors['send-occasion-mail'] {
	return (payload) => sendOccasionMail(deps, payload)
}
