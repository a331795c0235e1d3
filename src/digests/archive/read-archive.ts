import type { Database } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import type { ArchivePage, ListedPage, WholePage } from './page.ts'
import { selectListed, selectPage, selectWhole, selectYears } from './store/pages.ts'

type Deps = { db: Database }
type Archived = Pick<Newsletter, 'id' | 'archive'>

/** Past digests of a newsletter in a language, the newest first; none where it has no archive. `year`: `2026`. */
export async function listArchive(
	{ db }: Deps,
	{ id: newsletterId, archive }: Archived,
	{ year, ...wish }: { locale: Locale; year?: string | undefined; offset?: number; limit: number },
): Promise<ListedPage[]> {
	if (archive === 'off') return []
	return selectListed(db, { newsletterId, offset: 0, ...wish, ...(year !== undefined && { year }) })
}

/** The newest with all that was sent, for a feed. */
export async function readNewest(
	{ db }: Deps,
	{ id: newsletterId, archive }: Archived,
	wish: { locale: Locale; limit: number },
): Promise<WholePage[]> {
	return archive === 'off' ? [] : selectWhole(db, { newsletterId, ...wish })
}

/** The years that have past digests, and how many, the newest first. */
export async function listArchiveYears(
	{ db }: Deps,
	{ id: newsletterId, archive }: Archived,
	locale: Locale,
): Promise<Array<{ year: string; count: number }>> {
	return archive === 'off' ? [] : selectYears(db, { newsletterId, locale })
}

/** A past digest by the last part of its address; undefined where nobody may see it. */
export async function findArchivePage(
	{ db }: Deps,
	{ id: newsletterId, archive }: Archived,
	wanted: { locale: Locale; name: string },
): Promise<ArchivePage | undefined> {
	return archive === 'off' ? undefined : selectPage(db, { newsletterId, ...wanted })
}
