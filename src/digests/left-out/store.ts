import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import { isUsualProfile } from '../../subscriptions/index.ts'

export type LeftOutReason = 'hidden' | 'mailed' | 'other_language' | 'backlog' | 'too_old' | 'over_limit'

type Wanted = {
	locale: Locale
	/** Only these; else all but those of earlier digests. */
	storyIds: readonly number[] | undefined
	olderThan: Date
	/** What the digest took: these and their translations are not left out. */
	known: ReadonlyArray<{ id: number; translationGroup: number | null }>
}

type Row = { reason: LeftOutReason; id: number; title: string; count: number }

const shownOfEach = 20

/** The stories that readers of a language who chose nothing are not shown, by the first reason that keeps them out; the newest 20 of each. */
export async function selectLeftOut(
	db: DatabaseOrTransaction,
	{ id: newsletterId, untranslated }: Newsletter,
	{ locale, storyIds, olderThan, known }: Wanted,
): Promise<Array<{ reason: LeftOutReason; count: number; stories: Array<{ id: number; title: string }> }>> {
	const ids = known.map(({ id }) => id)
	const groups = known.flatMap(({ translationGroup }) => translationGroup ?? [])
	const chosen = storyIds ? [...storyIds] : null
	const { rows } = await sql<Row>`
		select reason, id, title, count from (
			select reason, id, title, published_at,
				count(*) over (partition by reason)::float8 as count,
				row_number() over (partition by reason order by published_at desc, id desc) as place
			from (
				select s.id, s.title, s.published_at, case
					when s.hidden_at is not null then 'hidden'
					when exists (
						select 1 from variant_stories d
						join digest_profiles m on m.variant_id = d.variant_id
						join choice_profiles chosen on chosen.id = m.profile_id
						join stories o on o.id = d.story_id
						where chosen.newsletter_id = ${newsletterId} and chosen.locale = ${locale} and ${isUsualProfile}
							and (o.id = s.id or o.translation_group = s.translation_group)
					) then 'mailed'
					when s.locale <> ${locale} and (${untranslated} = 'skip' or s.translation_group is not null)
						then 'other_language'
					when s.backlog then 'backlog'
					when s.published_at < ${olderThan} then 'too_old'
					else 'over_limit' end as reason
				from stories s
				where s.newsletter_id = ${newsletterId}
					and (${chosen}::bigint[] is null or s.id = any(${chosen}::bigint[]))
					and s.id <> all(${ids}::bigint[])
					and (s.translation_group is null or s.translation_group <> all(${groups}::bigint[]))
			) judged
			where ${chosen}::bigint[] is not null or reason <> 'mailed'
		) counted where place <= ${shownOfEach}
		order by array_position(array['hidden', 'mailed', 'other_language', 'backlog', 'too_old', 'over_limit'], reason),
			published_at desc, id desc`.execute(db)
	return [...Map.groupBy(rows, ({ reason }) => reason)].map(([reason, found]) => ({
		reason,
		count: found[0]?.count ?? 0,
		stories: found.map(({ id, title }) => ({ id, title })),
	}))
}
