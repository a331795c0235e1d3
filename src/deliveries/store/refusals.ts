import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

export type UnrecordedRefusal = { subscriptionId: number; attempts: number; reply: string; at: Date }

export async function selectUnrecordedRefusals(
	db: DatabaseOrTransaction,
	digestId: number,
	limit: number,
): Promise<UnrecordedRefusal[]> {
	const { rows } = await sql<UnrecordedRefusal>`
		select subscription_id as "subscriptionId", attempts, coalesce(reply, '') as reply, changed_at as at
		from deliveries
		where digest_id = ${digestId} and state = 'refused' and refusal_recorded is distinct from attempts
		order by subscription_id limit ${limit}`.execute(db)
	return rows
}

export async function setRefusalsRecorded(
	db: DatabaseOrTransaction,
	digestId: number,
	refusals: ReadonlyArray<Pick<UnrecordedRefusal, 'subscriptionId' | 'attempts'>>,
): Promise<void> {
	const ids = refusals.map(({ subscriptionId }) => subscriptionId)
	const attempts = refusals.map((refusal) => refusal.attempts)
	await sql`
		update deliveries d set refusal_recorded = r.attempts
		from unnest(${ids}::bigint[], ${attempts}::int[]) as r (id, attempts)
		where d.digest_id = ${digestId} and d.subscription_id = r.id and d.state = 'refused'`.execute(db)
}

/** A look at an index that holds only such rows. */
export async function selectDigestsWithUnrecordedRefusals(db: DatabaseOrTransaction): Promise<number[]> {
	const { rows } = await sql<{ digestId: number }>`
		select distinct digest_id as "digestId" from deliveries
		where state = 'refused' and refusal_recorded is distinct from attempts`.execute(db)
	return rows.map(({ digestId }) => digestId)
}
