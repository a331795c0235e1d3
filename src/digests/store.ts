import { type Selectable, sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import type {
	AudienceSums,
	DeliveryState,
	DeliverySums,
	DigestState,
	DigestTrigger,
	Tables,
} from '../kernel/tables.ts'
import type { Newsletter, Schedule } from '../newsletters/index.ts'
import type { Digest, DigestStory, Rendition, RenditionSummary } from './digest.ts'

/**
 * Makes other triggers of the newsletter wait, so that no story is taken twice. Sign-ups, which only refer to the
 * row, do not wait.
 */
export async function lockNewsletter(tx: DatabaseOrTransaction, newsletterId: number): Promise<void> {
	await tx.selectFrom('newsletters').select('id').where('id', '=', newsletterId).forNoKeyUpdate().execute()
}

export type StoryWish = { locale: Locale; olderThan: Date; limit: number }

/**
 * The newest stories that readers of a language have not been shown, neither themselves nor in a translation. Where
 * the newsletter includes untranslated ones, of several languages of a story the default one is taken.
 */
export async function selectNewStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, olderThan, limit }: StoryWish,
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale)
		.where('stories.backlog', '=', false)
		.where('stories.published_at', '>=', olderThan)
		.orderBy('stories.published_at', 'desc')
		.orderBy('stories.id', 'desc')
		.limit(limit)
		.execute()
}

/** Of stories that staff chose, those that readers of a language have not been shown, whatever their age. */
export async function selectChosenStories(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ locale, ids }: { locale: Locale; ids: readonly number[] },
): Promise<DigestStory[]> {
	return storiesFor(db, newsletter, locale).where('stories.id', 'in', ids).execute()
}

function storiesFor(db: DatabaseOrTransaction, newsletter: Newsletter, locale: Locale) {
	const { id, untranslated, defaultLocale } = newsletter
	const inLanguage = sql<boolean>`stories.locale = ${locale}`
	const isBestWithoutTranslation = sql<boolean>`not exists (
		select 1 from stories other
		where other.translation_group = stories.translation_group
			and (other.locale = ${locale} or (
				other.hidden_at is null and not other.backlog
				and (other.locale = ${defaultLocale}, -other.id) > (stories.locale = ${defaultLocale}, -stories.id)
			))
	)`
	const shown = sql<boolean>`exists (
		select 1 from digest_stories d where d.story_id = stories.id and d.locale = ${locale}
	)`
	const shownInTranslation = sql<boolean>`exists (
		select 1 from stories other join digest_stories d on d.story_id = other.id and d.locale = ${locale}
		where other.translation_group = stories.translation_group
	)`
	return db
		.selectFrom('stories')
		.select([
			'id',
			'locale',
			'title',
			'link',
			'summary',
			'image_url as imageUrl',
			'image_alt as imageAlt',
			'author',
			'published_at as publishedAt',
			'categories',
			'translation_group as translationGroup',
		])
		.where('newsletter_id', '=', id)
		.where('hidden_at', 'is', null)
		.where((eb) => (untranslated === 'include' ? eb.or([inLanguage, isBestWithoutTranslation]) : inLanguage))
		.where((eb) => eb.not(eb.or([shown, shownInTranslation])))
}

/** Stories of a newsletter by id, and their translations. */
export async function selectWithTranslations(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
): Promise<Array<{ id: number; translationGroup: number | null }>> {
	return db
		.selectFrom('stories')
		.select(['id', 'translation_group as translationGroup'])
		.where('newsletter_id', '=', newsletterId)
		.where(({ or, eb, selectFrom }) =>
			or([
				eb('id', 'in', ids),
				eb(
					'translation_group',
					'in',
					selectFrom('stories as chosen').select('chosen.translation_group').where('chosen.id', 'in', ids),
				),
			]),
		)
		.execute()
}

export type NewDigest = {
	newsletterId: number
	publicId: string
	trigger: DigestTrigger
	key: string | null
	fingerprint: string | null
	now: Date
	renditions: readonly Rendition[]
}

/** Stores a digest with its renditions and what they show, to be planned. */
export async function insertDigest(tx: DatabaseOrTransaction, digest: NewDigest): Promise<number> {
	const { id } = await tx
		.insertInto('digests')
		.values({
			newsletter_id: digest.newsletterId,
			public_id: digest.publicId,
			state: 'planning',
			trigger: digest.trigger,
			trigger_key: digest.key,
			trigger_fingerprint: digest.fingerprint,
			created_at: digest.now,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	await tx
		.insertInto('renditions')
		.values(
			digest.renditions.map((rendition) => ({
				digest_id: id,
				locale: rendition.locale,
				subject: rendition.subject,
				preheader: rendition.preheader,
				html: rendition.html,
				text: rendition.text,
				web_html: rendition.webHtml,
				slot_nonce: rendition.nonce,
				story_count: rendition.stories.length,
				dropped_stories: rendition.droppedStories,
			})),
		)
		.execute()
	await tx
		.insertInto('digest_stories')
		.values(
			digest.renditions.flatMap(({ locale, stories }) =>
				stories.map((story, position) => ({ digest_id: id, locale, story_id: story.id, position })),
			),
		)
		.execute()
	return id
}

/** The digest that a key has triggered before, and what that request was. */
export async function findTriggered(
	db: DatabaseOrTransaction,
	newsletterId: number,
	key: string,
): Promise<{ id: number; fingerprint: string | null } | undefined> {
	return db
		.selectFrom('digests')
		.select(['id', 'trigger_fingerprint as fingerprint'])
		.where('newsletter_id', '=', newsletterId)
		.where('trigger_key', '=', key)
		.executeTakeFirst()
}

/** Digests with the renditions in short, the newest first. */
export async function selectDigests(
	db: DatabaseOrTransaction,
	wanted: { id: number } | { newsletterId: number; before: number | undefined; limit: number },
): Promise<Digest[]> {
	let query = db.selectFrom('digests').selectAll().orderBy('id', 'desc')
	if ('id' in wanted) query = query.where('id', '=', wanted.id)
	else {
		query = query.where('newsletter_id', '=', wanted.newsletterId).limit(wanted.limit)
		if (wanted.before !== undefined) query = query.where('id', '<', wanted.before)
	}
	const rows = await query.execute()
	const renditions = await selectRenditionSummaries(
		db,
		rows.map(({ id }) => id),
	)
	return rows.map((row) => toDigest(row, renditions.get(row.id) ?? []))
}

async function selectRenditionSummaries(
	db: DatabaseOrTransaction,
	digestIds: readonly number[],
): Promise<Map<number, RenditionSummary[]>> {
	if (digestIds.length === 0) return new Map()
	const rows = await db
		.selectFrom('renditions')
		.select([
			'digest_id',
			'locale',
			'subject',
			'preheader',
			'story_count as storyCount',
			'dropped_stories as droppedStories',
		])
		.where('digest_id', 'in', digestIds)
		.orderBy('locale')
		.execute()
	return Map.groupBy(rows, ({ digest_id }) => digest_id)
}

function toDigest(row: Selectable<Tables['digests']>, renditions: readonly RenditionSummary[]): Digest {
	return {
		id: row.id,
		publicId: row.public_id,
		newsletterId: row.newsletter_id,
		state: row.state,
		trigger: row.trigger,
		audience: row.audience,
		renditions: renditions.map(({ locale, subject, preheader, storyCount, droppedStories }) => ({
			locale,
			subject,
			preheader,
			storyCount,
			droppedStories,
		})),
		createdAt: row.created_at,
		plannedAt: row.planned_at,
		completedAt: row.completed_at,
	}
}

/** How many rows of the ledger are in each state, and why those that were left out after planning were. */
export async function countDeliveries(db: DatabaseOrTransaction, digestId: number): Promise<DeliverySums> {
	const { rows } = await sql<DeliverySums[number]>`
		select state, case when state = 'excluded' then reply end as reason, count(*)::float8 as count
		from deliveries where digest_id = ${digestId} group by 1, 2`.execute(db)
	return rows
}

/** Digests that ended before `before` and whose ledger is still there, oldest first. */
export async function selectDigestsEndedBefore(
	db: DatabaseOrTransaction,
	before: Date,
): Promise<Array<{ id: number }>> {
	return db
		.selectFrom('digests')
		.select('id')
		.where('completed_at', '<', before)
		.where('ledger_sums', 'is', null)
		.orderBy('id')
		.execute()
}

/** Keeps what the ledger of a digest came to, for its rows are about to go. False where it was opened again. */
export async function keepLedgerSums(tx: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const open = await tx
		.selectFrom('digests')
		.select('id')
		.where('id', '=', digestId)
		.where('completed_at', 'is not', null)
		.forUpdate()
		.executeTakeFirst()
	if (!open) return false
	const sums = JSON.stringify(await countDeliveries(tx, digestId))
	await tx.updateTable('digests').set({ ledger_sums: sums }).where('id', '=', digestId).execute()
	return true
}

/** What the ledger of a digest came to; undefined while it is there. */
export async function findLedgerSums(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<DeliverySums | undefined> {
	const row = await db
		.selectFrom('digests')
		.select('ledger_sums as sums')
		.where('id', '=', digestId)
		.executeTakeFirst()
	return row?.sums ?? undefined
}

/** A stored rendition, to be compiled into messages. */
export type StoredRendition = {
	id: number
	locale: Locale
	subject: string
	html: string
	text: string
	nonce: string
}

export async function selectRenditions(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<StoredRendition[]> {
	return db
		.selectFrom('renditions')
		.select(['id', 'locale', 'subject', 'html', 'text', 'slot_nonce as nonce'])
		.where('digest_id', '=', digestId)
		.execute()
}

/** The page "view in browser" of a digest in a language. */
export async function selectWebHtml(
	db: DatabaseOrTransaction,
	publicId: string,
	locale: Locale,
): Promise<string | undefined> {
	const row = await db
		.selectFrom('renditions')
		.innerJoin('digests', 'digests.id', 'renditions.digest_id')
		.select('web_html')
		.where('public_id', '=', publicId)
		.where('locale', '=', locale)
		.executeTakeFirst()
	return row?.web_html
}

/** Locks a digest whose audience is to be frozen; undefined where that has been done. */
export async function lockPlanning(
	tx: DatabaseOrTransaction,
	digestId: number,
): Promise<{ newsletterId: number } | undefined> {
	return tx
		.selectFrom('digests')
		.select('newsletter_id as newsletterId')
		.where('id', '=', digestId)
		.where('state', '=', 'planning')
		.forUpdate()
		.executeTakeFirst()
}

export async function markPlanned(
	tx: DatabaseOrTransaction,
	digestId: number,
	{ audience, now }: { audience: AudienceSums; now: Date },
): Promise<void> {
	await tx
		.updateTable('digests')
		.set({ state: 'sending', audience: JSON.stringify(audience), planned_at: now })
		.where('id', '=', digestId)
		.execute()
}

/** Digests of which something is or may be left to do, the oldest first. */
export async function selectOpenDigests(
	db: DatabaseOrTransaction,
): Promise<Array<{ id: number; state: DigestState }>> {
	return db
		.selectFrom('digests')
		.select(['id', 'state'])
		.where('completed_at', 'is', null)
		.orderBy('id')
		.execute()
}

export async function selectDigestState(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<DigestState | undefined> {
	const row = await db.selectFrom('digests').select('state').where('id', '=', digestId).executeTakeFirst()
	return row?.state
}

/** Pauses a digest that is being planned or sent. Gives whether it did. */
export async function markPaused(db: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digests')
		.set({ state: 'paused' })
		.where('id', '=', digestId)
		.where('state', 'in', ['planning', 'sending'])
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Lets a paused digest go on where it stood. Gives whether it did. */
export async function markResumed(db: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digests')
		.set({ state: sql<DigestState>`case when planned_at is null then 'planning' else 'sending' end` })
		.where('id', '=', digestId)
		.where('state', '=', 'paused')
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Cancels a digest that is not completed. Gives whether it did. */
export async function markCancelled(db: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digests')
		.set({ state: 'cancelled' })
		.where('id', '=', digestId)
		.where('state', 'in', ['planning', 'sending', 'paused'])
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** Opens a completed digest anew, and keeps one that is being sent from completion until the transaction ends. */
export async function markReopened(tx: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('digests')
		.set({ state: 'sending', completed_at: null })
		.where('id', '=', digestId)
		.where('state', 'in', ['sending', 'completed'])
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/**
 * Completes a digest none of whose deliveries is due or under way; a cancelled one stays cancelled and is closed. Gives
 * whether it did. The row is locked first, so that the ledger is looked at as it is after whoever held it.
 */
export async function markCompleted(db: Database, digestId: number, now: Date): Promise<boolean> {
	return db.transaction().execute(async (tx) => {
		await tx.selectFrom('digests').select('id').where('id', '=', digestId).forNoKeyUpdate().execute()
		return setCompleted(tx, digestId, now)
	})
}

async function setCompleted(tx: DatabaseOrTransaction, digestId: number, now: Date): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('digests')
		.set({
			state: sql<DigestState>`case when state = 'sending' then 'completed' else state end`,
			completed_at: now,
		})
		.where('id', '=', digestId)
		.where('state', 'in', ['sending', 'cancelled'])
		.where('completed_at', 'is', null)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('deliveries')
						.select('subscription_id')
						.where('digest_id', '=', digestId)
						.where('state', 'in', ['planned', 'sending']),
				),
			),
		)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

/** What the database knows of a newsletter's schedule. */
export type KeptSchedule = Schedule & { lastOccurrence: Date }

export async function findKeptSchedule(
	db: DatabaseOrTransaction,
	newsletterId: number,
): Promise<KeptSchedule | undefined> {
	return db
		.selectFrom('digest_schedules')
		.select(['cron', 'time_zone as timeZone', 'last_occurrence as lastOccurrence'])
		.where('newsletter_id', '=', newsletterId)
		.executeTakeFirst()
}

export async function keepSchedule(
	db: DatabaseOrTransaction,
	newsletterId: number,
	{ cron, timeZone, lastOccurrence }: KeptSchedule,
): Promise<void> {
	const columns = { cron, time_zone: timeZone, last_occurrence: lastOccurrence }
	await db
		.insertInto('digest_schedules')
		.values({ newsletter_id: newsletterId, ...columns })
		.onConflict((conflict) => conflict.column('newsletter_id').doUpdateSet(columns))
		.execute()
}

export async function forgetSchedule(db: DatabaseOrTransaction, newsletterId: number): Promise<void> {
	await db.deleteFrom('digest_schedules').where('newsletter_id', '=', newsletterId).execute()
}

/** What tells how a digest is doing without looking into its ledger, by the database's clock. */
export type DigestPulse = {
	id: number
	state: DigestState
	/** Whether nothing of it is left to do. */
	over: boolean
	/** How many deliveries were planned. */
	planned: number
	/** How many of them have come into each state, less those that left it again. */
	tallies: Partial<Record<DeliveryState, number>>
	now: Date
	stateSince: Date
	/** When a delivery was last brought to an end or put off. */
	progressAt: Date | null
	/** Since when the log has said that it makes no progress. */
	reportedStall: Date | null
}

/** The pulse of one digest, or of all that are not over and those that the log calls stalled. */
export async function selectPulse(
	db: DatabaseOrTransaction,
	wanted: { id: number } | 'watched',
): Promise<DigestPulse[]> {
	const condition =
		wanted === 'watched' ? sql`completed_at is null or stalled_since is not null` : sql`id = ${wanted.id}`
	const { rows } = await sql<DigestPulse>`
		select d.id, d.state, d.completed_at is not null as over,
			coalesce((d.audience ->> 'planned')::float8, 0) as planned, coalesce(t.tallies, '{}') as tallies,
			clock_timestamp() as now, d.state_since as "stateSince", t.progress_at as "progressAt",
			d.stalled_since as "reportedStall"
		from (select * from digests where ${condition}) d
		left join lateral (
			select jsonb_object_agg(state, count) as tallies, max(progress_at) as progress_at
			from (
				select state, sum(count)::float8 as count, max(progress_at) as progress_at
				from delivery_tallies where digest_id = d.id group by state
			) by_state
		) t on true
		order by d.id`.execute(db)
	return rows
}

/** How many deliveries have come into each state since planning, less those that left it again. */
export async function selectTallies(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Array<{ state: DeliveryState; reason: string | null; count: number }>> {
	const { rows } = await sql<{ state: DeliveryState; reason: string | null; count: number }>`
		select state, nullif(reason, '') as reason, sum(count)::float8 as count
		from delivery_tallies where digest_id = ${digestId} group by 1, 2`.execute(db)
	return rows
}

/** How many deliveries nobody knows the outcome of, over all digests whose ledger is still there. */
export async function countInDoubt(db: DatabaseOrTransaction): Promise<number> {
	const { rows } = await sql<{ count: number }>`
		select coalesce(sum(count), 0)::float8 as count from delivery_tallies where state = 'in_doubt'`.execute(
		db,
	)
	return rows[0]?.count ?? 0
}

/**
 * Since when the oldest work of a digest has waited: a delivery that is due, or one whose worker was lost. On a day whose
 * ceiling is reached nothing is due before it ends.
 */
export async function selectDueSince(db: DatabaseOrTransaction, digestId: number): Promise<Date | undefined> {
	const { rows } = await sql<{ since: Date | null }>`
		select least(
			(
				select greatest(min(due_at), full_day.until)
				from deliveries left join (select max(until) as until from sending_pauses where scope = 'day') full_day on true
				where digest_id = ${digestId} and state = 'planned' and due_at <= now()
				group by full_day.until having full_day.until is null or full_day.until <= now()
			),
			(select min(lease_until) from deliveries where digest_id = ${digestId} and state = 'sending' and lease_until <= now())
		) as since`.execute(db)
	return rows[0]?.since ?? undefined
}

/** Whether a digest's audience is being frozen at this moment: who does that holds its row. */
export async function isBeingPlanned(db: DatabaseOrTransaction, digestId: number): Promise<boolean> {
	const free = await db
		.selectFrom('digests')
		.select('id')
		.where('id', '=', digestId)
		.forKeyShare()
		.skipLocked()
		.execute()
	return free.length === 0
}

/** Writes down that the log has said of a digest since when it stalls, or with null that it goes on. Gives whether that was news. */
export async function markStalled(
	db: DatabaseOrTransaction,
	digestId: number,
	since: Date | null,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('digests')
		.set({ stalled_since: since })
		.where('id', '=', digestId)
		.where('stalled_since', since ? 'is' : 'is not', null)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}

export async function countDigestsByState(db: DatabaseOrTransaction): Promise<Record<string, number>> {
	const { rows } = await sql<{ state: DigestState; count: number }>`
		select state, count(*)::float8 as count from digests group by state`.execute(db)
	return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

/** A scheduled digest that waits for staff. */
export type MissedDigest = {
	id: number
	newsletterId: number
	/** The newsletter's slug. */
	newsletter: string
	occurrence: Date
	foundAt: Date
}

/** Keeps an occurrence for staff to decide on; once however often it is found. */
export async function insertMissed(
	db: DatabaseOrTransaction,
	missed: { newsletterId: number; occurrence: Date; now: Date },
): Promise<void> {
	await db
		.insertInto('missed_digests')
		.values({ newsletter_id: missed.newsletterId, occurrence: missed.occurrence, found_at: missed.now })
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
