import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type { Rhythm } from '../../../kernel/enumerations.ts'
import type { Choices } from '../choose-for-profile.ts'

/** The profiles with these ids, and those of readers who chose nothing. */
export async function selectProfiles(
	db: DatabaseOrTransaction,
	newsletterId: number,
	ids: readonly number[],
): Promise<Array<Choices & { id: number }>> {
	const rows = await db
		.selectFrom('choice_profiles')
		.select(['id', 'locale', 'all_topics as allTopics', 'topic_ids as topicIds', 'untranslated', 'rhythm'])
		.where('newsletter_id', '=', newsletterId)
		.where(({ or, and, eb }) =>
			or([
				eb('id', '=', sql<number>`any(${[...ids]}::bigint[])`),
				and([
					eb('all_topics', '=', true),
					eb('topic_ids', '=', sql<number[]>`'{}'`),
					eb('untranslated', 'is', null),
				]),
			]),
		)
		.orderBy('id')
		.execute()
	return rows.map((row) => ({ ...row, topicIds: row.topicIds.map(Number) }))
}

/** Which of these stories each profile had, by digests other than `digestId`. */
export async function selectHad(
	db: DatabaseOrTransaction,
	{ storyIds, digestId }: { storyIds: readonly number[]; digestId: number | undefined },
): Promise<Map<number, number[]>> {
	const { rows } = await sql<{ profileId: number; storyIds: number[] }>`
		select m.profile_id as "profileId", array_agg(distinct s.story_id) as "storyIds"
		from variant_stories s
		join digest_profiles m on m.variant_id = s.variant_id
		where s.story_id = any(${[...storyIds]}::bigint[]) and m.digest_id is distinct from ${digestId ?? null}::bigint
		group by 1`.execute(db)
	return new Map(rows.map((row) => [row.profileId, row.storyIds.map(Number)]))
}

/** The profiles for which a digest has been decided already. */
export async function selectDecidedProfiles(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<Set<number>> {
	const rows = await db
		.selectFrom('digest_profiles')
		.select('profile_id')
		.where('digest_id', '=', digestId)
		.execute()
	return new Set(rows.map(({ profile_id }) => profile_id))
}

/** Keeps which variant each profile gets; null: none. */
export async function insertDigestProfiles(
	tx: DatabaseOrTransaction,
	digestId: number,
	decided: ReadonlyArray<{ profileId: number; variantId: number | null }>,
): Promise<void> {
	if (decided.length === 0) return
	await sql`
		insert into digest_profiles (digest_id, profile_id, variant_id)
		select ${digestId}, d.profile_id, d.variant_id
		from unnest(${decided.map(({ profileId }) => profileId)}::bigint[], ${decided.map(({ variantId }) => variantId)}::bigint[])
			as d (profile_id, variant_id)`.execute(tx)
}

/**
 * Takes back what a digest was triggered with for readers of the other kind: the newsletter has offered or ended its round-up
 * since, and they get it in a digest of theirs.
 */
export async function leaveOtherRhythm(
	tx: DatabaseOrTransaction,
	digestId: number,
	{ kind, hasRoundUp }: { kind: Rhythm; hasRoundUp: boolean },
): Promise<void> {
	await sql`
		update digest_profiles m set variant_id = null
		from choice_profiles c
		where m.digest_id = ${digestId} and c.id = m.profile_id
			and (case when ${hasRoundUp}::boolean then c.rhythm else 'each' end) <> ${kind}`.execute(tx)
}
