import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'

/** A story by one of its languages; `of`: when the last digest was made that had it in any of them, null where none had. */
export type EarlierRow = { id: number; of: Date | null }

type Wanted = {
	newsletterId: number
	/** Part of a title, in any language; case is ignored. */
	search: string
	/** Only this one. */
	id?: number
	/** Not these, nor what they are translations of. */
	known: ReadonlyArray<{ id: number; translationGroup: number | null }>
	limit: number
}

/** Stories of a newsletter that are not hidden, one row for all languages of each, the newest first. */
export async function selectEarlier(
	db: DatabaseOrTransaction,
	{ newsletterId, search, id, known, limit }: Wanted,
): Promise<EarlierRow[]> {
	const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`
	const ids = known.map((story) => story.id)
	const groups = known.flatMap(({ translationGroup }) => translationGroup ?? [])
	const { rows } = await sql<EarlierRow>`
		select s.id, (
			select d.created_at
			from variant_stories v
			join variants r on r.id = v.variant_id
			join digests d on d.id = r.digest_id
			where v.story_id = s.id
				or v.story_id in (select o.id from stories o where o.translation_group = s.translation_group)
			order by d.id desc
			limit 1
		) as of
		from stories s
		where s.newsletter_id = ${newsletterId} and s.hidden_at is null
			and (${id ?? null}::bigint is null or s.id = ${id ?? null}::bigint)
			and s.id <> all(${ids}::bigint[])
			and (s.translation_group is null or s.translation_group <> all(${groups}::bigint[]))
			and not exists (
				select 1 from stories o
				where o.translation_group = s.translation_group and o.hidden_at is null and o.id < s.id
			)
			and (s.title ilike ${like} or exists (
				select 1 from stories o where o.translation_group = s.translation_group and o.title ilike ${like}
			))
		order by s.published_at desc, s.id desc
		limit ${limit}`.execute(db)
	return rows
}
