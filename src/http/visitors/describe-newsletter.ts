import { domainToUnicode } from 'node:url'
import type { Locale } from '../../kernel/messages.ts'
import { contactLink } from '../../kernel/text-links.ts'
import { fitLogo, logoPath, type Newsletter, type ShownSize, textIn } from '../../newsletters/index.ts'

/** A newsletter as its pages show it, in one language. Paths are within PUBLIC_URL. */
export type Site = {
	name: string
	description: string
	fromName: string
	fromAddress: string
	consentWording: string
	consentVersion: number
	contact: string | null
	/** What the contact leads to, where it is an address or a number. */
	contactLink: string | null
	postalAddress: string | null
	/** A path of ours, or an address elsewhere; how large it is shown, where that is known. */
	logoUrl: string | null
	logoSize: ShownSize | null
	/** The organisation's own site, and whose that is as people say it. */
	home: SiteLink | null
	/** Whether a pasted form may lead back there. */
	canReturn: boolean
	slug: string
	path: string
	/** Where the form is sent to. */
	action: string
	/** The stylesheet of its colour. */
	theme: string
}

export type SiteLink = { url: string; host: string }

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
		contactLink: (newsletter.contact && contactLink(newsletter.contact.trim())) || null,
		postalAddress: newsletter.postalAddress,
		logoUrl: newsletter.logo ? logoPath(newsletter.logo) : newsletter.logoUrl,
		logoSize: newsletter.logo && fitLogo(newsletter.logo, { width: 224, height: 48 }),
		home: homeOf(newsletter),
		canReturn: newsletter.sites.length > 0,
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
		name: nameOfLanguage(locale),
		path: toPath(locale),
		current: locale === current,
	}))
}

/** A language in its own words: “Français”. */
export function nameOfLanguage(locale: Locale): string {
	const name = new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
	return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}

/** Where the organisation is at home: its first site, else a contact that is a page. */
function homeOf({ sites, contact }: Newsletter): SiteLink | null {
	const found = [...sites, contact ?? ''].find((address) => /^https?:\/\//.test(address))
	return found && URL.canParse(found) ? linkTo(found) : null
}

/**
 * The page that a form on another site leads back to: what the form says, else what the browser says, where it is on one of
 * the newsletter's own sites. Any other address leads nowhere.
 */
export function findWayBack(
	{ sites }: Pick<Newsletter, 'sites'>,
	candidates: ReadonlyArray<string | undefined>,
): SiteLink | null {
	const origins = sites.filter((site) => URL.canParse(site)).map((site) => new URL(site).origin)
	for (const candidate of candidates) {
		if (!candidate || candidate.length > 2_000 || !URL.canParse(candidate)) continue
		const { origin, protocol, username, password } = new URL(candidate)
		// `blob:https://example.org/…` has the origin of what it names
		if (!/^https?:$/.test(protocol) || username || password) continue
		if (origins.includes(origin)) return linkTo(candidate)
	}
	return null
}

/** An address with its host as people say it: without `www.`, in letters. */
export function linkTo(address: string): SiteLink {
	const { href, hostname } = new URL(address)
	return { url: href, host: domainToUnicode(hostname).replace(/^www\./, '') }
}
