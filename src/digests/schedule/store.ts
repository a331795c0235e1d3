import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Schedule } from '../../newsletters/index.ts'

/** What the database knows of a newsletter's schedule. */
export type KeptSchedule = Schedule & { lastOccurrence: Date; skippedUntil?: Date | null }

/** Which schedule of a newsletter. */
export type Whose = { newsletterId: number; kind: Rhythm }

export async function findKeptSchedule(
	db: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
): Promise<KeptSchedule | undefined> {
	return db
		.selectFrom('digest_schedules')
		.select([
			'cron',
			'time_zone as timeZone',
			'last_occurrence as lastOccurrence',
			'skipped_until as skippedUntil',
		])
		.where('newsletter_id', '=', newsletterId)
		.where('kind', '=', kind)
		.executeTakeFirst()
}

export async function keepSchedule(
	db: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
	{ cron, timeZone, lastOccurrence }: KeptSchedule,
): Promise<void> {
	const columns = { cron, time_zone: timeZone, last_occurrence: lastOccurrence }
	await db
		.insertInto('digest_schedules')
		.values({ newsletter_id: newsletterId, kind, ...columns })
		.onConflict((conflict) => conflict.columns(['newsletter_id', 'kind']).doUpdateSet(columns))
		.execute()
}

/** Leaves out what comes up until a moment; null leaves nothing out. False where there is no schedule. */
export async function setSkippedUntil(
	db: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
	until: Date | null,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digest_schedules')
		.set({ skipped_until: until })
		.where('newsletter_id', '=', newsletterId)
		.where('kind', '=', kind)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

export async function forgetSchedule(
	db: DatabaseOrTransaction,
	{ newsletterId, kind }: Whose,
): Promise<void> {
	await db
		.deleteFrom('digest_schedules')
		.where('newsletter_id', '=', newsletterId)
		.where('kind', '=', kind)
		.execute()
}

/** A scheduled digest that waits for staff. */
export type MissedDigest = {
	id: number
	newsletterId: number
	/** The newsletter's slug. */
	newsletter: string
	kind: Rhythm
	occurrence: Date
	foundAt: Date
}

/** Keeps an occurrence for staff to decide on; once however often it is found. */
export async function insertMissed(
	db: DatabaseOrTransaction,
	missed: Whose & { occurrence: Date; now: Date },
): Promise<void> {
	await db
		.insertInto('missed_digests')
		.values({
			newsletter_id: missed.newsletterId,
			kind: missed.kind,
			occurrence: missed.occurrence,
			found_at: missed.now,
		})
		.onConflict((conflict) => conflict.doNothing())
		.execute()
}

export async function selectMissed(db: DatabaseOrTransaction, id?: number): Promise<MissedDigest[]> {
	let query = db
		.selectFrom('missed_digests')
		.innerJoin('newsletters', 'newsletters.id', 'missed_digests.newsletter_id')
		.select([
			'missed_digests.id',
			'newsletter_id as newsletterId',
			'slug as newsletter',
			'kind',
			'occurrence',
			'found_at as foundAt',
		])
		.where('state', '=', 'waiting')
		.orderBy('occurrence')
	if (id !== undefined) query = query.where('missed_digests.id', '=', id)
	return query.execute()
}

/** Ends the waiting of a missed digest. Gives whether it did. */
export async function markMissed(
	db: DatabaseOrTransaction,
	id: number,
	{ state, now }: { state: 'sent' | 'dropped'; now: Date },
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('missed_digests')
		.set({ state, decided_at: now })
		.where('id', '=', id)
		.where('state', '=', 'waiting')
		.executeTakeFirst()
	return numUpdatedRows > 0n
}
