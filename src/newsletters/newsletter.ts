import type { ArchiveMode, SignupQuestion, StoryOrder, UntranslatedRule } from '../kernel/enumerations.ts'
import { type DayOrder, dayOrderOf } from '../kernel/format-day.ts'
import type { Locale } from '../kernel/messages.ts'

/** What one subscribes to. Its texts stand beside it, one for each of its languages, the default one first. */
export type Newsletter = {
	id: number
	/** Its name in addresses and in its List-ID: never changed (RFC 2919 §3). */
	slug: string
	defaultLocale: Locale
	texts: readonly NewsletterText[]
	/** As SMTP writes it; the name beside it is in the texts. */
	fromAddress: string
	replyTo: string | null
	/** A digest is refused without it (CASL s. 6(2), CAN-SPAM). May hold line breaks. */
	postalAddress: string | null
	/** A mail address, a phone number or the address of a page; a digest is refused without it. */
	contact: string | null
	listIdDomain: string
	/** `#rrggbb` */
	colour: string
	/** A picture at an address elsewhere; not where there is an uploaded one. */
	logoUrl: string | null
	/** The uploaded one, in pixels. */
	logo: { hash: string; width: number; height: number } | null
	/** The organisation's sites, its own first: where its pages lead to, and where a pasted form may lead back to. */
	sites: readonly string[]
	/** How many stories a digest has at most. */
	storyLimit: number
	storyMaxAgeDays: number
	storyOrder: StoryOrder
	/** What readers get of a story that is not in their language: nothing, or the story as it is. */
	untranslated: UntranslatedRule
	schedule: Schedule | null
	/** What its form asks for beside the address. */
	signupAsks: readonly SignupQuestion[]
	/** Whether who has confirmed is sent a welcome. */
	welcome: boolean
	/** Whether what a member wrote must be approved by another before it is sent. */
	needsApproval: boolean
	/** Whether past digests are on the web. */
	archive: ArchiveMode
	/** What readers may get in place of each digest. */
	roundUp: RoundUp | null
	createdAt: Date
	updatedAt: Date
}

export type NewsletterText = {
	locale: Locale
	name: string
	description: string
	fromName: string
	subjectPattern: string
	preheaderPattern: string
	roundUpSubjectPattern: string
	/** What a person agrees to; each change of it raises its version. */
	consentWording: string
	consentVersion: number
	/** Where a pasted form leads who has signed up, on one of the sites; null: Envoi's own page. */
	thankYouUrl: string | null
}

/** What a slug looks like: it stands in addresses and in front of the List-ID's domain. */
export const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** When digests are sent by themselves: a cron pattern of five fields in an IANA time zone. */
export type Schedule = {
	cron: string
	timeZone: string
	/** No digest begins by itself then, `HH:MM` in the time zone: it waits for their end. */
	quietHours?: { from: string; to: string }
	/** What is found later than this is not sent unasked; 12 hours where nothing is said. */
	misfireMinutes?: number
	/** A draft is made first, for staff to look at. */
	draftFirst?: DraftFirst
}

/** `sendAt`: the time of day, `HH:MM`, at which it goes out unless somebody holds it; null: it waits for somebody to send it. */
export type DraftFirst = { sendAt: string | null }

/** A digest of what came since the last one of the kind, at its own time and of its own length. */
export type RoundUp = { cron: string; timeZone: string; storyLimit: number }

/** The texts of a newsletter in a language; in its default one where it lacks that. */
export function textIn(
	{ texts, defaultLocale }: Pick<Newsletter, 'texts' | 'defaultLocale'>,
	locale: Locale,
): NewsletterText {
	const find = (wanted: Locale) => texts.find((text) => text.locale === wanted)
	const text = find(locale) ?? find(defaultLocale)
	if (!text) throw new Error(`a newsletter without texts in its default language ${defaultLocale}`)
	return text
}

/** The IANA time zone that a newsletter lives by: its schedule's. */
export function zoneOf({ schedule }: Pick<Newsletter, 'schedule'>): string {
	return schedule?.timeZone ?? 'UTC'
}

/** In which zone, and in which order, the days of a newsletter's mails and pages are told. */
export function datesOf(newsletter: Pick<Newsletter, 'schedule' | 'texts'>): {
	timeZone: string
	dayOrder: DayOrder
} {
	const timeZone = zoneOf(newsletter)
	const locales = newsletter.texts.map(({ locale }) => locale)
	return { timeZone, dayOrder: dayOrderOf(timeZone, locales) }
}

/** Whether a newsletter asks its readers for a given name, and greets them by it. */
export function asksGivenName({ signupAsks }: Pick<Newsletter, 'signupAsks'>): boolean {
	return signupAsks.includes('given_name')
}

/** The List-ID, stable whatever the newsletter is renamed to (RFC 2919 §2). */
export function listId({ slug, listIdDomain }: Pick<Newsletter, 'slug' | 'listIdDomain'>): string {
	return `${slug}.${listIdDomain}`
}
