import type { Locale } from '../kernel/messages.ts'
import { type Newsletter, textIn } from '../newsletters/index.ts'

/** A newsletter as its pages show it, in one language. Paths are within PUBLIC_URL. */
export type Site = {
	name: string
	description: string
	fromName: string
	fromAddress: string
	consentWording: string
	consentVersion: number
	contact: string | null
	postalAddress: string | null
	logoUrl: string | null
	slug: string
	path: string
	/** Where the form is sent to. */
	action: string
	/** The stylesheet of its colour. */
	theme: string
}

export function describeNewsletter(newsletter: Newsletter, locale: Locale): Site {
	const text = textIn(newsletter, locale)
	return {
		name: text.name,
		description: text.description,
		fromName: text.fromName,
		fromAddress: newsletter.fromAddress,
		consentWording: text.consentWording,
		consentVersion: text.consentVersion,
		contact: newsletter.contact,
		postalAddress: newsletter.postalAddress,
		logoUrl: newsletter.logoUrl,
		slug: newsletter.slug,
		path: pathOf(newsletter, text.locale),
		action: `/newsletters/${newsletter.slug}/subscriptions`,
		theme: `/theme/${newsletter.colour.slice(1).toLowerCase()}.css`,
	}
}

/** The page of a newsletter in a language. */
export function pathOf({ slug }: { slug: string }, locale: Locale): string {
	return `/newsletters/${slug}/${locale}`
}

/** The same page in each of its languages, each named in its own words. */
export type LanguageLink = { locale: Locale; name: string; path: string; current: boolean }

export function linkLanguages(
	locales: readonly Locale[],
	current: Locale,
	toPath: (locale: Locale) => string,
): LanguageLink[] {
	return locales.map((locale) => ({
		locale,
		name: nameOf(locale),
		path: toPath(locale),
		current: locale === current,
	}))
}

function nameOf(locale: Locale): string {
	const name = new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
	return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}
