import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { WebhookDisabledWhy, WebhookEvent } from '../../kernel/enumerations.ts'

export type EndpointRecord = {
	id: number
	url: string
	events: WebhookEvent[]
	newsletterIds: number[] | null
	withAddress: boolean
	/** Sealed, as is the former one. */
	secret: string
	formerSecret: string | null
	formerUntil: Date | null
	createdAt: Date
	failingSince: Date | null
	disabledAt: Date | null
	disabledWhy: WebhookDisabledWhy | null
}

const columns = [
	'id',
	'url',
	'events',
	'newsletter_ids as newsletterIds',
	'with_address as withAddress',
	'secret',
	'former_secret as formerSecret',
	'former_until as formerUntil',
	'created_at as createdAt',
	'failing_since as failingSince',
	'disabled_at as disabledAt',
	'disabled_why as disabledWhy',
] as const

export async function selectEndpoints(db: DatabaseOrTransaction): Promise<EndpointRecord[]> {
	const rows = await db.selectFrom('webhook_endpoints').select(columns).orderBy('id').execute()
	return rows.map(withNumbers)
}

export async function selectEndpoint(
	db: DatabaseOrTransaction,
	id: number,
	{ lock = false }: { lock?: boolean } = {},
): Promise<EndpointRecord | undefined> {
	const query = db.selectFrom('webhook_endpoints').select(columns).where('id', '=', id)
	const row = await (lock ? query.forUpdate() : query).executeTakeFirst()
	return row && withNumbers(row)
}

/** The driver of PostgreSQL gives the numbers of a bigint[] as text. */
function withNumbers<Row extends { newsletterIds: number[] | null }>(row: Row): Row {
	return { ...row, newsletterIds: row.newsletterIds?.map(Number) ?? null }
}

type Settings = Pick<EndpointRecord, 'url' | 'events' | 'newsletterIds' | 'withAddress'>

export async function insertEndpoint(
	tx: DatabaseOrTransaction,
	endpoint: Settings & Pick<EndpointRecord, 'secret' | 'createdAt'>,
): Promise<number> {
	const { secret, createdAt: created_at } = endpoint
	const { id } = await tx
		.insertInto('webhook_endpoints')
		.values({ ...toColumns(endpoint), secret, created_at })
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

function toColumns({ url, events, newsletterIds, withAddress }: Settings) {
	return { url, events, newsletter_ids: newsletterIds, with_address: withAddress }
}

export async function updateEndpoint(
	tx: DatabaseOrTransaction,
	id: number,
	settings: Settings,
): Promise<void> {
	await tx.updateTable('webhook_endpoints').set(toColumns(settings)).where('id', '=', id).execute()
}

export async function updateSecret(
	tx: DatabaseOrTransaction,
	id: number,
	{ secret, formerSecret, formerUntil }: Pick<EndpointRecord, 'secret' | 'formerSecret' | 'formerUntil'>,
): Promise<void> {
	await tx
		.updateTable('webhook_endpoints')
		.set({ secret, former_secret: formerSecret, former_until: formerUntil })
		.where('id', '=', id)
		.execute()
}

/** Null: it is told things again. */
export async function setDisabled(
	tx: DatabaseOrTransaction,
	id: number,
	disabled: { at: Date; why: WebhookDisabledWhy } | null,
): Promise<void> {
	await tx
		.updateTable('webhook_endpoints')
		.set({
			disabled_at: disabled?.at ?? null,
			disabled_why: disabled?.why ?? null,
			...(disabled === null && { failing_since: null }),
		})
		.where('id', '=', id)
		.execute()
}

/** Whether an endpoint takes anything: since when not, or that it does. */
export async function setFailing(tx: DatabaseOrTransaction, id: number, since: Date | null): Promise<void> {
	await tx
		.updateTable('webhook_endpoints')
		.set((eb) => ({ failing_since: since === null ? null : eb.fn.coalesce('failing_since', eb.val(since)) }))
		.where('id', '=', id)
		.execute()
}

export async function deleteEndpoint(tx: DatabaseOrTransaction, id: number): Promise<void> {
	await tx.deleteFrom('webhook_endpoints').where('id', '=', id).execute()
}
