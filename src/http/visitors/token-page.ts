import { z } from 'zod'
import type { Database } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import { getNewsletter, type Newsletter, textIn } from '../../newsletters/index.ts'
import { describeNewsletter, type LanguageLink, linkLanguages, type Site } from './describe-newsletter.ts'

export const html = { contentType: 'text/html' }

/** What a route takes whose link with a token stands in a mail; `origin` tells of the token. */
export function tokenInput(origin: string) {
	return {
		params: z.object({ token: z.string().meta({ description: origin }) }),
		query: z.object({ locale: z.string().optional().meta({ description: 'The language of the page' }) }),
	}
}

export type TokenPage = {
	newsletter: Newsletter
	locale: Locale
	data: { site: Site; languages: LanguageLink[]; token: string; address: string }
}

type Link = {
	path: '/confirm' | '/preferences' | '/requests' | '/unsubscribe'
	token: string
	wanted: string | undefined
}

/**
 * What the page of a link shows: in the language that is wanted, where the newsletter has it, else in the reader's. The
 * other languages are links to the same page.
 */
export async function describeTokenPage(
	deps: { db: Database },
	view: { newsletter: string; locale: Locale; maskedAddress: string },
	{ path, token, wanted }: Link,
): Promise<TokenPage> {
	const newsletter = await getNewsletter(deps, { slug: view.newsletter })
	const locales = newsletter.texts.map((text) => text.locale)
	const locale = locales.find((each) => each === wanted) ?? textIn(newsletter, view.locale).locale
	const languages = linkLanguages(locales, locale, (other) => `${path}/${token}?locale=${other}`)
	const site = describeNewsletter(newsletter, locale)
	return { newsletter, locale, data: { site, languages, token, address: view.maskedAddress } }
}
