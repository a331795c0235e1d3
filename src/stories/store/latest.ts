import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'

type Wanted = { newsletterId: number; locale: Locale; includesOthers: boolean; limit: number }

/** The newest stories in a language, and those that are not there in it where others are wanted too. */
export async function selectLatestStories(
	db: DatabaseOrTransaction,
	{ newsletterId, locale, includesOthers, limit }: Wanted,
): Promise<Array<{ title: string; link: string | null; locale: Locale }>> {
	const { rows } = await sql<{ title: string; link: string | null; locale: Locale }>`
		select s.title, s.link, s.locale from stories s
		where s.newsletter_id = ${newsletterId} and s.hidden_at is null and (
			s.locale = ${locale} or ${includesOthers}::boolean and not exists (
				select from stories o
				where o.translation_group = s.translation_group and o.hidden_at is null
					and (o.locale = ${locale} or o.id < s.id)
			)
		)
		order by s.published_at desc, s.id desc limit ${limit}`.execute(db)
	return rows
}
