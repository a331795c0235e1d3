import type { JobCatalog } from '../src/jobs/catalog.ts'
import { type SendNoticeDeps, sendNotice as send } from '../src/subscriptions/index.ts'

/** Sends the mail that answers a sign-up. */
export async function sendNotice(deps: SendNoticeDeps, payload: JobCatalog['send-notice']): Promise<void> {
	await send(deps, payload)
}
