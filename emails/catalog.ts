import type { DayOrder } from '../src/kernel/format-day.ts'
import type { Locale } from '../src/kernel/messages.ts'

/** Every mail there is, with what it is filled with: a folder each, `<name>/email.mjml` and `<name>/email.txt`. */
export type MailCatalog = {
	/** One edition of a newsletter. */
	digest: DigestMail
	/** Asks a person who signed up to confirm. */
	confirm: ConfirmMail
	/** Someone signed up an address that is subscribed already. */
	'already-active': AlreadyActiveMail
	/** Someone signed up an address that mail could not be delivered to: a way back. */
	suppressed: ConfirmMail
	/** Asks once more to confirm. */
	reminder: ConfirmMail
	/** Asks who was imported from another list whether they still want it. */
	'still-wanted': ConfirmMail
	/** The link to a reader's choices, for who lost it. */
	choices: ChoicesMail
	/** Greets who has confirmed. */
	welcome: WelcomeMail
	/** Asks at the new address whether a reader's digests shall go there. */
	'change-address': RequestMail
	/** Tells the old address that there is a new one, with the way back. */
	'address-changed': RequestMail
	/** Leads to all that is kept of a reader. */
	'send-data': RequestMail
	/** Asks a reader to confirm that everything is to be erased. */
	erase: RequestMail
	/** Lets a colleague into the console. */
	'staff-invitation': RequestMail
	/** Leads a member of staff to a page where they choose another password. */
	'staff-password': RequestMail
	/** A draft of the schedule is ready, or did not go out. */
	'staff-draft': StaffMail
	/** A colleague asks for an approval, or sent a draft back. */
	'staff-approval': StaffMail
	/** A source has given nothing for long. */
	'staff-source': StaffMail
	/** A digest makes no progress, or was paused by itself. */
	'staff-stall': StaffMail
	/** A digest has gone out. */
	'staff-finished': StaffMail
	/** Mail comes back, or a relay refuses us. */
	'staff-returned': StaffMail
	/** Many more people than usual sign up. */
	'staff-signups': StaffMail
	/** An import is done. */
	'staff-import': StaffMail
	/** A program that was told of events takes nothing any more. */
	'staff-webhook': StaffMail
	/** More sign-ups come than the caps let through, or that is over. */
	'staff-attack': StaffMail
}

/** A newsletter as its mails show it, in the language of the mail. */
export type MailNewsletter = {
	name: string
	description: string
	/** `#rrggbb`. Any will do: texts in it and on it are made readable. */
	colour: string
	logoUrl: string | null
	/** As it is shown, where that is known. */
	logoSize?: { width: number; height: number } | null
	fromName: string
	/** May hold line breaks. */
	postalAddress: string | null
	/** A mail address, a phone number or the address of a page. */
	contact: string | null
	/** The newsletter's own page, where anybody can subscribe. */
	publicUrl: string
}

export type DigestMail = {
	/** The law wants sender, postal address and contact in each digest (CASL s. 6(2), CAN-SPAM). */
	newsletter: MailNewsletter & { postalAddress: string; contact: string }
	subject: string
	/** One short sentence that inboxes show beside the subject; the opened mail does not show it. */
	preheader: string
	date: Date
	/** The IANA time zone that days are told in. */
	timeZone: string
	/** Whether days begin with the day, as where nothing is said, or with the month. */
	dayOrder?: DayOrder
	/** What staff wrote above the stories, in a subset of Markdown; null where there is nothing. */
	introduction?: string | null
	stories: readonly MailStory[]
	/** The line that greets the reader, where `name` is usually a slot marker, and empty for nobody's; null for no such line. */
	greeting: { name: string } | null
	/** Where the reader's own links go, usually slot markers; null for the page "view in browser", which has none. */
	links: DigestLinks | null
}

export type DigestLinks = { unsubscribe: string; preferences: string; webVersion: string }

export type MailStory = {
	title: string
	link: string | null
	/** Plain text; an empty line parts paragraphs. */
	summary: string
	imageUrl: string | null
	/** What the image shows; null where it is decoration. */
	imageAlt: string | null
	/** In CSS pixels as it stands upright; where it is not known, the image is shown small. */
	imageSize?: { width: number; height: number } | null
	author: string | null
	publishedAt: Date
	/** The language of title, summary and image text, which may differ from the mail's. */
	locale: Locale
	sourceName: string | null
	categories: readonly string[]
}

export type ConfirmMail = {
	newsletter: MailNewsletter
	/** What one agrees to by confirming. May hold line breaks. */
	consentWording: string
	confirmUrl: string
	/** How long the link works. */
	validHours: number
}

export type ChoicesMail = { newsletter: MailNewsletter; preferencesUrl: string }

export type WelcomeMail = {
	newsletter: MailNewsletter
	/** When the next digest comes; null where no schedule says it. */
	next: Date | null
	timeZone: string
	dayOrder?: DayOrder
	/** The names of the topics that were chosen, or that all are wanted; null where there are none to choose from. */
	topics: readonly string[] | 'all' | null
	/** The latest first. */
	stories: ReadonlyArray<{ title: string; link: string | null; locale: Locale }>
	/** Whether answers are read. */
	mayAnswer: boolean
	links: { unsubscribe: string; preferences: string }
}

/** What a reader asked for on their page. */
export type RequestMail = {
	newsletter: MailNewsletter
	requestUrl: string
	/** How long the link works. */
	validHours: number
}

/** What a member of staff is told of, with where the console has its cure. */
export type StaffMail = {
	newsletter: MailNewsletter
	/** What its sentences name, and choose by: never a reader's address. */
	words: Readonly<Record<string, string | number>>
	url: string
	/** The page where a draft is held; null where there is none. */
	holdUrl: string | null
	/** Where the member chooses which mails they get. */
	accountUrl: string
}

export type AlreadyActiveMail = {
	newsletter: MailNewsletter
	unsubscribeUrl: string
}
