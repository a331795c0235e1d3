import type { Processors } from '../src/jobs/catalog.ts'
import { type SendStaffMailDeps, sendStaffMail } from '../src/staff/index.ts'

/** Sends a member of staff the link by which they come in. */
export function sendStaffMailProcessor(deps: SendStaffMailDeps): Processors['send-staff-mail'] {
	return (payload) => sendStaffMail(deps, payload)
}
