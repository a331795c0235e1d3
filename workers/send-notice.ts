import type { Processors } from '../src/jobs/catalog.ts'
import { type SendNoticeDeps, sendNotice } from '../src/subscriptions/index.ts'

/** Sends the mail that answers a sign-up. */
export function sendNoticeProcessor(deps: SendNoticeDeps): Processors['send-notice'] {
	return (payload) => sendNotice(deps, payload)
}
