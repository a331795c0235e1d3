import type { MailCatalog, MailNewsletter } from '../../emails/catalog.ts'
import { escapeHtml } from '../kernel/escape-html.ts'
import { formatDay } from '../kernel/format-day.ts'
import { markdownAsText } from '../kernel/format-markdown.ts'
import type { Locale, Messages } from '../kernel/messages.ts'
import { contactLink, hostOf, pageLink } from '../kernel/text-links.ts'
import { accentColours, surfaces } from './accent-colours.ts'
import { formatIntroduction } from './format-introduction.ts'
import { layOutPicture } from './lay-out-picture.ts'

// the faces of the pages (`src/http/server/public/tokens.css`); first a face that Outlook for Windows has, as it reads no further
const titleFace =
	"'Palatino Linotype',ui-serif,'Iowan Old Style',Palatino,'Source Serif 4','Noto Serif','Liberation Serif',Georgia,serif"
const textFace = "'Segoe UI',system-ui,-apple-system,Roboto,'Noto Sans',Helvetica,Arial,sans-serif"

/**
 * What templates see as `it`: the data of the mail, its words (`t`), and the few things a template needs to write
 * dates, links and languages. Everything is plain text; Eta escapes it.
 */
export function mailView<Data extends MailCatalog[keyof MailCatalog]>(
	messages: Messages,
	requested: Locale,
	data: Data,
) {
	const locale = mailLocale(messages, requested)
	const dir = directionOf(locale)
	const colours = { ...surfaces, ...accentColours(data.newsletter.colour) }
	const { timeZone, dayOrder } = 'timeZone' in data ? data : { timeZone: 'UTC', dayOrder: undefined }
	return {
		...data,
		lang: locale,
		/** The mail's language in its own words. */
		languageName: new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale,
		dir,
		start: dir === 'rtl' ? 'right' : 'left',
		colours,
		titleFace,
		textFace,
		escape: escapeHtml,
		/** What staff wrote in Markdown, as HTML and as plain text. */
		formatted: (markdown: string) => formatIntroduction(markdown, { linkColour: colours.strong, titleFace }),
		asText: markdownAsText,
		t: (key: string, params?: Record<string, string | number>) =>
			messages.text(catalogOf(messages, locale), key, params),
		day: (date: Date) => formatDay(date, { locale, timeZone, order: dayOrder }),
		/** The attributes of a text in another language than the mail's, with a space before them. */
		langOf: (other: Locale) => languageAttributes(other, locale),
		/** What another language than the mail's is called in it, undefined for the mail's own. */
		nameOfOther: (other: Locale) => nameOfOther(other, locale),
		pageLink,
		pictureOf: layOutPicture,
		contactLink,
		hostOf,
		paragraphs: (text: string) => text.split(/\n{2,}/).map((each) => each.replaceAll('\n', ' ')),
		address: addressLines(data.newsletter),
	}
}

/** The language a mail is written in: what was asked for where its words are there, else English. */
function mailLocale(messages: Messages, requested: Locale): Locale {
	const canonical = canonicalLocale(requested)
	return canonical && messages.locales.includes(catalogOf(messages, canonical)) ? canonical : 'en'
}

/** `fr-CA` takes the words of `fr` where it has none of its own. */
function catalogOf(messages: Messages, locale: Locale): Locale {
	return messages.locales.includes(locale) ? locale : new Intl.Locale(locale).language
}

function canonicalLocale(locale: Locale): Locale | undefined {
	try {
		return Intl.getCanonicalLocales(locale)[0]
	} catch {
		return undefined
	}
}

function languageAttributes(other: Locale, locale: Locale): string {
	const lang = canonicalLocale(other)
	return lang && lang !== locale ? ` lang="${lang}" dir="${directionOf(lang)}"` : ''
}

function nameOfOther(other: Locale, locale: Locale): string | undefined {
	const language = canonicalLocale(other)?.split('-')[0]
	if (!language || language === locale.split('-')[0]) return undefined
	return new Intl.DisplayNames(locale, { type: 'language' }).of(language)
}

/** The lines of the postal address below the sender's name, which many repeat in its first line. */
function addressLines({ fromName, postalAddress }: MailNewsletter): string[] {
	const lines = (postalAddress ?? '').split('\n').filter(Boolean)
	return lines[0] === fromName ? lines.slice(1) : lines
}

const rightToLeft = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi'])

function directionOf(locale: Locale): 'ltr' | 'rtl' {
	return rightToLeft.has(new Intl.Locale(locale).language) ? 'rtl' : 'ltr'
}
