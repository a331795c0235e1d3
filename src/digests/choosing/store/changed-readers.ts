import { type RawBuilder, sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { joinMailability, joinUsualProfile, whyNotMailed } from '../../../subscriptions/index.ts'

/** What the variants of a digest show, with all translations: ids of stories. */
export async function selectShownBy(db: DatabaseOrTransaction, digestId: number): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`
		with shown as (
			select o.id, o.translation_group
			from variants v join variant_stories s on s.variant_id = v.id join stories o on o.id = s.story_id
			where v.digest_id = ${digestId}
		)
		select id from shown
		union select id from stories where translation_group in (select translation_group from shown)`.execute(db)
	return rows.map(({ id }) => id)
}

/** What showed some of the stories to choose from: `storiesOf` by variant. */
export type Shown = {
	digestIds: number[]
	/** When the first of these digests was made. */
	since: Date | undefined
	storiesOf: ReadonlyMap<number, readonly number[]>
}

/** The variants that showed some of these stories, but for those of `digestId`. */
export async function selectShown(
	db: DatabaseOrTransaction,
	{ storyIds, digestId }: { storyIds: readonly number[]; digestId: number | undefined },
): Promise<Shown> {
	const { rows } = await sql<{ digestId: number; createdAt: Date; variantId: number; storyIds: number[] }>`
		select v.digest_id as "digestId", d.created_at as "createdAt", v.id as "variantId",
			array_agg(s.story_id) as "storyIds"
		from variant_stories s
		join variants v on v.id = s.variant_id
		join digests d on d.id = v.digest_id
		where s.story_id = any(${[...storyIds]}::bigint[]) and v.digest_id is distinct from ${digestId ?? null}::bigint
		group by 1, 2, 3
		order by 2`.execute(db)
	return {
		digestIds: [...new Set(rows.map((row) => row.digestId))],
		since: rows[0]?.createdAt,
		storiesOf: new Map(rows.map((row) => [row.variantId, row.storyIds.map(Number)])),
	}
}

export type Wanted = {
	newsletterId: number
	digestIds: readonly number[]
	variantIds: readonly number[]
	since: Date
	/** This one alone. */
	subscriptionId?: number
}

/** Readers of the same choices who had the same variants; `profileId` null as in `ReaderCount`. */
export type ChangedGroup = { profileId: number | null; locale: Locale; had: number[]; count: number }

/** Groups the readers whose profile does not tell what they had. */
export async function selectChangedGroups(
	db: DatabaseOrTransaction,
	wanted: Wanted,
): Promise<ChangedGroup[]> {
	const { rows } = await sql<ChangedGroup>`
		select profile_id as "profileId", locale, had, count(*)::float8 as count
		from (${changedReaders(wanted)}) changed
		group by 1, 2, 3`.execute(db)
	return rows.map((row) => ({ ...row, had: row.had.map(Number) }))
}

/** Keeps these readers with a digest that is being planned, and groups them. */
export async function keepChangedReaders(
	tx: DatabaseOrTransaction,
	digestId: number,
	wanted: Wanted,
): Promise<ChangedGroup[]> {
	const { rows } = await sql<ChangedGroup>`
		with kept as (
			insert into changed_readers (digest_id, subscription_id, profile_id, choices_version, had)
			select ${digestId}::bigint, subscription_id, profile_id, choices_version, had
			from (${changedReaders(wanted)}) changed where profile_id is not null
			returning profile_id, had
		)
		select kept.profile_id as "profileId", p.locale, kept.had, count(*)::float8 as count
		from kept join choice_profiles p on p.id = kept.profile_id
		group by 1, 2, 3`.execute(tx)
	return rows.map((row) => ({ ...row, had: row.had.map(Number) }))
}

/**
 * Who may be mailed and whose choices changed, or whose pause ended, since the first of the digests that showed a story
 * of the pool; and who was planned apart from their profile by one of those digests. What they had is what the ledger
 * holds for them; where its rows are gone, what they were planned to get, or else what their profile had.
 */
function changedReaders({
	newsletterId,
	digestIds,
	variantIds,
	since,
	subscriptionId,
}: Wanted): RawBuilder<unknown> {
	const digests = sql`${[...digestIds]}::bigint[]`
	const pruned = sql`(select id from digests where id = any(${digests}) and ledger_sums is not null)`
	return sql`
		with changed as materialized (
			select s.id as subscription_id, s.choices_version, coalesce(s.profile_id, usual.id) as profile_id, s.locale
			from subscriptions s
			${joinMailability}
			${joinUsualProfile}
			where s.newsletter_id = ${newsletterId} and ${whyNotMailed} is null
				${subscriptionId === undefined ? sql`` : sql`and s.id = ${subscriptionId}`} and (
				greatest(s.choices_changed_at, s.paused_until) >= ${since}
				or s.id in (select subscription_id from changed_readers where digest_id = any(${digests}))
			)
		), got as (
			select d.subscription_id, r.variant_id from deliveries d join renditions r on r.id = d.rendition_id
			where d.digest_id = any(${digests}) and d.subscription_id in (select subscription_id from changed)
			union all
			select subscription_id, variant_id from changed_readers where digest_id in ${pruned}
			union all
			select c.subscription_id, m.variant_id from changed c join digest_profiles m on m.profile_id = c.profile_id
			where m.digest_id in ${pruned}
		), had as (
			select subscription_id, array_agg(distinct variant_id order by variant_id) as variant_ids
			from got where variant_id = any(${[...variantIds]}::bigint[])
			group by 1
		)
		select c.*, coalesce(had.variant_ids, '{}') as had from changed c left join had using (subscription_id)`
}

export type GroupVariant = { profileId: number; had: readonly number[]; variantId: number | null }

/** Keeps which variant each group gets; null: none. */
export async function setChangedVariants(
	tx: DatabaseOrTransaction,
	digestId: number,
	groups: readonly GroupVariant[],
): Promise<void> {
	if (groups.length === 0) return
	const profileIds = groups.map(({ profileId }) => profileId)
	const had = groups.map((group) => `{${group.had.join(',')}}`)
	const variantIds = groups.map(({ variantId }) => variantId)
	await sql`
		update changed_readers c set variant_id = g.variant_id
		from unnest(${profileIds}::bigint[], ${had}::text[], ${variantIds}::bigint[]) as g (profile_id, had, variant_id)
		where c.digest_id = ${digestId} and c.profile_id = g.profile_id and c.had = g.had::bigint[]
			and g.variant_id is not null`.execute(tx)
}
