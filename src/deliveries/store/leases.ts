import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { ownReason } from '../../kernel/own-reason.ts'
import type { WorkerKey } from './claims.ts'

/** Hands back what this worker claimed without knowing, because the answer was lost. */
export async function handBackUnknown(
	db: Database,
	{ digestId, worker }: WorkerKey,
	known: readonly number[],
): Promise<void> {
	await sql`
		update deliveries set state = 'planned', attempts = attempts - 1, worker = null, lease_until = null, changed_at = now()
		where digest_id = ${digestId} and worker = ${worker} and state in ('sending', 'in_doubt')
			and subscription_id <> all (${known}::bigint[])`.execute(db)
}

export async function renewLeases(
	db: Database,
	{ digestId, worker }: WorkerKey,
	leaseSeconds: number,
): Promise<void> {
	await sql`
		update deliveries set lease_until = now() + make_interval(secs => ${leaseSeconds})
		where digest_id = ${digestId} and subscription_id in (
			select subscription_id from deliveries
			where digest_id = ${digestId} and worker = ${worker} and state = 'sending'
			-- what is just written down needs no lease, and waiting for it could lock both out
			for update skip locked
		)`.execute(db)
}

/**
 * Rows whose worker was lost are in doubt: they may have gone out, so they are not planned again by themselves.
 * Gives how many.
 */
export async function expireLeases(db: Database, digestId: number): Promise<number> {
	const { numAffectedRows } = await sql`
		update deliveries set state = 'in_doubt', lease_until = null, changed_at = now(),
			reply = ${ownReason('worker_lost')}
		where digest_id = ${digestId} and state = 'sending' and lease_until < now()`.execute(db)
	return Number(numAffectedRows ?? 0)
}

export async function hasDue(db: Database, digestId: number): Promise<boolean> {
	const { rows } = await sql`
		select 1 from deliveries where digest_id = ${digestId} and state = 'planned' and due_at <= now() limit 1`.execute(
		db,
	)
	return rows.length > 0
}
