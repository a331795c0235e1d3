import { recordAudit } from '../audit/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import { addDays } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { getRecord } from './manage-endpoints.ts'
import { deleteMessagesBefore, type LoggedMessage, selectMessages, setDueAgain } from './store/messages.ts'

export type ReplayDeps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** For how long what is over is kept. */
export const webhookLogDays = 30

/** What an endpoint was told or is to be told, the newest first, with the tries. Throws `not_found`. */
export async function listWebhookMessages(
	{ db }: { db: Database },
	endpointId: number,
	wish: { before?: number | undefined; limit: number },
): Promise<LoggedMessage[]> {
	await getRecord(db, endpointId)
	return selectMessages(db, endpointId, { before: undefined, ...wish })
}

/** Sends a message once more, whatever came of it, from the first try on; targets know it by its id. Throws `not_found`. */
export async function replayWebhook(
	{ db, clock, jobs }: ReplayDeps,
	{ endpointId, messageId }: { endpointId: number; messageId: number },
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const { disabledAt } = await getRecord(tx, endpointId)
		if (disabledAt) throw new AppError('conflict', 'errors.webhook.disabled')
		const found = await setDueAgain(tx, { endpointId, messageId, now: clock.now() })
		if (!found) throw new AppError('not_found', 'errors.webhook.no_message')
		const subject = `webhook-endpoint:${endpointId}`
		await recordAudit({ db: tx, clock }, { actor, action: 'replay', subject, detail: `message ${messageId}` })
	})
	await jobs.enqueue('deliver-webhooks', { endpointId }, { dedupe: String(endpointId) })
}

/** Forgets what is over and has been kept for long enough. */
export async function pruneWebhooks({
	db,
	clock,
}: {
	db: Database
	clock: Clock
}): Promise<{ webhook_messages: number }> {
	return { webhook_messages: await deleteMessagesBefore(db, addDays(clock.now(), -webhookLogDays)) }
}
