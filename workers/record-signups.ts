import type { Processors } from '../src/jobs/catalog.ts'
import { type RecordSignupsDeps, recordSignups } from '../src/subscriptions/index.ts'

/** Records the sign-ups that wait. */
export function recordSignupsProcessor(deps: RecordSignupsDeps): Processors['record-signups'] {
	return () => recordSignups(deps)
}
