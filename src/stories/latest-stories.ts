import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import type { Newsletter } from '../newsletters/index.ts'
import { selectLatestStories } from './store/latest.ts'

type Wanted = { newsletter: Pick<Newsletter, 'id' | 'untranslated'>; locale: Locale; limit: number }

/** The latest stories for readers of a language, the newest first: those in it, and others by the newsletter's rule. */
export function latestStories(
	db: DatabaseOrTransaction,
	{ newsletter, locale, limit }: Wanted,
): Promise<Array<{ title: string; link: string | null; locale: Locale }>> {
	const includesOthers = newsletter.untranslated === 'include'
	return selectLatestStories(db, { newsletterId: newsletter.id, locale, includesOthers, limit })
}
