import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { WebhookEvent, WebhookMessageState, WebhookProblem } from '../../kernel/enumerations.ts'

/** A message that is to be sent. `address`: of the reader, where there still is one. */
export type ClaimedMessage = {
	id: number
	messageId: string
	event: WebhookEvent
	newsletter: string
	subscriptionId: number | null
	readerId: number | null
	digestId: number | null
	reason: string | null
	happenedAt: Date
	attempts: number
	address: string | null
}

/** Endpoints that messages are due for. */
export async function selectDueEndpoints(db: DatabaseOrTransaction, now: Date): Promise<number[]> {
	const rows = await db
		.selectFrom('webhook_endpoints')
		.select('id')
		.where('disabled_at', 'is', null)
		.where(({ exists, selectFrom }) =>
			exists(
				selectFrom('webhook_messages')
					.select('webhook_messages.id')
					.whereRef('endpoint_id', '=', 'webhook_endpoints.id')
					.where('state', 'in', ['due', 'sending'])
					.where('due_at', '<=', now),
			),
		)
		.orderBy('id')
		.execute()
	return rows.map(({ id }) => id)
}

/** Claims the oldest that are due of an endpoint; who claimed them has until `until`. */
export async function claimMessages(
	db: DatabaseOrTransaction,
	endpointId: number,
	{ now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<ClaimedMessage[]> {
	const { rows } = await sql<ClaimedMessage>`
		with claimed as (
			update webhook_messages set state = 'sending', due_at = ${until}, attempts = attempts + 1
			where id in (
				select id from webhook_messages
				where endpoint_id = ${endpointId} and state in ('due', 'sending') and due_at <= ${now}
				order by due_at, id limit ${limit} for update skip locked
			)
			returning *
		)
		select c.id, c.message_id as "messageId", c.event, n.slug as newsletter, c.subscription_id as "subscriptionId",
			c.reader_id as "readerId", c.digest_id as "digestId", c.reason, c.happened_at as "happenedAt", c.attempts,
			p.local_part || '@' || p.domain as address
		from claimed c join newsletters n on n.id = c.newsletter_id
		left join subscribers p on p.id = c.reader_id
		order by c.id`.execute(db)
	return rows
}

export type Attempt = { at: Date; durationMs: number; status: number | null; problem: WebhookProblem | null }

/** Keeps what came of sending a message; `dueAt` where it is tried again. */
export async function settleMessage(
	tx: DatabaseOrTransaction,
	id: number,
	{ state, dueAt, attempt }: { state: 'due' | 'delivered' | 'failed'; dueAt?: Date; attempt: Attempt },
): Promise<void> {
	await tx
		.insertInto('webhook_attempts')
		.values({
			message_id: id,
			at: attempt.at,
			duration_ms: attempt.durationMs,
			status: attempt.status,
			problem: attempt.problem,
		})
		.execute()
	await tx
		.updateTable('webhook_messages')
		.set({ state, ...(dueAt && { due_at: dueAt }) })
		.where('id', '=', id)
		.execute()
}

/** A message as staff sees it. */
export type LoggedMessage = {
	id: number
	messageId: string
	event: WebhookEvent
	newsletter: string
	subscriptionId: number | null
	readerId: number | null
	digestId: number | null
	happenedAt: Date
	state: WebhookMessageState
	attempts: number
	/** When it is tried next; null where it is over. */
	dueAt: Date | null
	/** The last tries, the newest first. */
	tries: Attempt[]
}

const mostTries = 20

/** The newest first. */
export async function selectMessages(
	db: DatabaseOrTransaction,
	endpointId: number,
	{ before, limit }: { before: number | undefined; limit: number },
): Promise<LoggedMessage[]> {
	let query = db
		.selectFrom('webhook_messages as m')
		.innerJoin('newsletters as n', 'n.id', 'm.newsletter_id')
		.select([
			'm.id as id',
			'm.message_id as messageId',
			'event',
			'n.slug as newsletter',
			'subscription_id as subscriptionId',
			'reader_id as readerId',
			'digest_id as digestId',
			'happened_at as happenedAt',
			'm.state as state',
			'attempts',
			'due_at as dueAt',
		])
		.where('endpoint_id', '=', endpointId)
		.orderBy('m.id', 'desc')
		.limit(limit)
	if (before !== undefined) query = query.where('m.id', '<', before)
	const rows = await query.execute()
	const tries = await selectTries(
		db,
		rows.map(({ id }) => id),
	)
	return rows.map((row) => ({
		...row,
		dueAt: row.state === 'due' ? row.dueAt : null,
		tries: (tries.get(row.id) ?? []).slice(0, mostTries),
	}))
}

async function selectTries(
	db: DatabaseOrTransaction,
	messageIds: readonly number[],
): Promise<Map<number, Attempt[]>> {
	if (messageIds.length === 0) return new Map()
	const rows = await db
		.selectFrom('webhook_attempts')
		.select(['message_id', 'at', 'duration_ms as durationMs', 'status', 'problem'])
		.where('message_id', 'in', messageIds)
		.orderBy('id', 'desc')
		.execute()
	const byMessage = Map.groupBy(rows, ({ message_id }) => message_id)
	return new Map([...byMessage].map(([id, all]) => [id, all.map(({ message_id: _, ...attempt }) => attempt)]))
}

/** Has a message sent once more, from the first try on; not one that is being sent. Gives whether there is such a one. */
export async function setDueAgain(
	tx: DatabaseOrTransaction,
	{ endpointId, messageId, now }: { endpointId: number; messageId: number; now: Date },
): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('webhook_messages')
		.set({ state: 'due', attempts: 0, due_at: now })
		.where('id', '=', messageId)
		.where('endpoint_id', '=', endpointId)
		.where('state', '<>', 'sending')
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Forgets messages that are over, with their tries. Gives how many. */
export async function deleteMessagesBefore(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('webhook_messages')
		.where('state', 'in', ['delivered', 'failed'])
		.where('happened_at', '<', before)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
