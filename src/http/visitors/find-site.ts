import type { Database } from '../../kernel/database.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { listNewsletters, type Newsletter } from '../../newsletters/index.ts'
import { describeNewsletter, type LanguageLink, linkLanguages, type Site } from './describe-newsletter.ts'

/** What surrounds a page that no newsletter's own route answers, such as an error's. */
export type PageFrame = { site?: Site; languages: LanguageLink[] }

/** Finds whose look such a page has: the newsletter that the path names, else the installation's only one. */
export type FindFrame = (request: { method: string; path: string }, locale: Locale) => Promise<PageFrame>

const freshMs = 30_000
const patienceMs = 500

/**
 * Newsletters are remembered for half a minute, so that a flood of wrong addresses costs no database; where the database does
 * not answer, the page goes without, or with what was known last.
 */
export function createFindFrame({ db, messages }: { db: Database; messages: Messages }): FindFrame {
	let known: { newsletters: readonly Newsletter[]; readAt: number } | undefined
	const newsletters = async (): Promise<readonly Newsletter[]> => {
		if (known && performance.now() - known.readAt < freshMs) return known.newsletters
		const read = listNewsletters({ db }).then(
			(found) => {
				known = { newsletters: found, readAt: performance.now() }
			},
			() => {},
		)
		await Promise.race([read, new Promise((resolve) => setTimeout(resolve, patienceMs).unref())])
		return known?.newsletters ?? []
	}
	return async ({ method, path }, locale) => {
		const all = await newsletters()
		const slug = /^\/newsletters\/([a-z0-9-]{1,50})(?:\/|$)/.exec(path)?.[1]
		const newsletter = all.find((each) => each.slug === slug) ?? (all.length === 1 ? all[0] : undefined)
		const site = newsletter && describeNewsletter(newsletter, locale)
		// the answer to a POST has no address in another language; `//` would lead to another host
		const own = method === 'GET' ? `/${path.replace(/^[/\\]+/, '')}` : '/'
		const languages = linkLanguages(messages.locales, locale, (other) => `${own}?locale=${other}`)
		return site ? { site, languages } : { languages }
	}
}
