import type { DigestLinks, DigestMail, MailCatalog } from '../../emails/catalog.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import { formatDay } from '../kernel/format-day.ts'
import { type Keys, randomToken, signToken } from '../kernel/keys.ts'
import { type RenderedMail, type RenderMail, slotMarker } from '../kernel/mail.ts'
import type { MeasurePicture } from '../kernel/measure-picture.ts'
import type { Locale } from '../kernel/messages.ts'
import type { DigestWish } from '../kernel/tables/digests.ts'
import {
	asksGivenName,
	datesOf,
	fillPattern,
	logoInMail,
	type Newsletter,
	patternNames,
	textIn,
} from '../newsletters/index.ts'
import { longestGivenName } from '../subscriptions/index.ts'
import type { DigestStory, Rendition, Variant } from './digest.ts'
import { firstWords } from './letter.ts'
import { variantKey } from './variant-key.ts'
import { withEdits } from './with-edits.ts'

export type RenderDeps = {
	renderMail: RenderMail<MailCatalog>
	measurePicture: MeasurePicture
	keys: Keys
	config: { publicUrl: string }
}

/** What staff gave instead of the newsletter's own patterns: one for all languages, or one a language. */
export type GivenPattern = string | Readonly<Record<Locale, string>>

export type RenderOptions = {
	now: Date
	/** Undefined where there will be no page on the web. */
	publicId: string | undefined
	subject?: GivenPattern
	preheader?: GivenPattern
	introduction?: DigestWish['introduction']
	edits?: DigestWish['edits']
}

/** Gmail cuts a message off where its HTML part, decoded, is longer (mail-rules F11). */
export const maxHtmlBytes = 102_400 - 1

/** Compiles the mail of each variant, each with as many of its stories as fit. Throws where a mail can't be compiled. */
export async function renderDigest(
	deps: RenderDeps,
	newsletter: RenderedNewsletter,
	variants: readonly Variant[],
	options: RenderOptions,
): Promise<Rendition[]> {
	const renditions = []
	for (const { locale, stories } of variants) {
		const edited = withEdits(stories, options.edits, locale)
		renditions.push(await renderFitting(deps, newsletter, { ...options, locale, stories: edited }))
	}
	return renditions
}

/** A newsletter that has what the law wants in each digest. */
export type RenderedNewsletter = Newsletter & { postalAddress: string; contact: string }

type Wanted = RenderOptions & { locale: Locale; stories: readonly DigestStory[] }

/** Leaves the last stories out until the rest fits. */
async function renderFitting(
	deps: RenderDeps,
	newsletter: RenderedNewsletter,
	wanted: Wanted,
): Promise<Rendition> {
	const nonce = randomToken()
	const own = readersLinks(deps, nonce)
	const name = { marker: slotMarker(nonce, 'givenName'), longest: 'x'.repeat(longestNameBytes) }
	const greets = asksGivenName(newsletter)
	const render = async (count: number) => {
		const shown = { ...wanted, stories: wanted.stories.slice(0, count) }
		const mail = toMail(deps, newsletter, shown)
		const [{ marker: unsubscribe }, { marker: preferences }] = own
		const links: DigestLinks = { unsubscribe, preferences, webVersion: webUrl(deps, newsletter, shown) }
		const greeting = greets ? { name: name.marker } : null
		const rendered = await deps.renderMail('digest', wanted.locale, { ...mail, greeting, links })
		return {
			mail,
			rendered,
			fits: Buffer.byteLength(withLongest(rendered.html, [...own, name])) <= maxHtmlBytes,
		}
	}

	let best = await render(wanted.stories.length)
	let [fitting, tooMany] = best.fits ? [wanted.stories.length, 0] : [0, wanted.stories.length]
	while (tooMany - fitting > 1) {
		const middle = Math.floor((fitting + tooMany) / 2)
		const attempt = await render(middle)
		if (!attempt.fits) tooMany = middle
		else {
			fitting = middle
			best = attempt
		}
	}
	if (!best.fits) {
		throw new AppError('conflict', 'errors.digest.story_too_large', {
			params: { title: wanted.stories[0]?.title ?? '' },
		})
	}
	const greeting = greets ? { name: '' } : null
	const web = await deps.renderMail('digest', wanted.locale, { ...best.mail, greeting, links: null })
	return toRendition(wanted, { fitting, nonce, rendered: best.rendered, web })
}

function toRendition(
	{ locale, stories }: Wanted,
	{
		fitting,
		nonce,
		rendered,
		web,
	}: { fitting: number; nonce: string; rendered: RenderedMail; web: RenderedMail },
): Rendition {
	return {
		locale,
		subject: rendered.subject,
		preheader: rendered.preheader,
		html: rendered.html,
		text: rendered.text,
		webHtml: web.html,
		nonce,
		stories: stories.slice(0, fitting),
		droppedStories: stories.length - fitting,
	}
}

function toMail(
	{ config }: RenderDeps,
	newsletter: RenderedNewsletter,
	wanted: Wanted,
): Omit<DigestMail, 'links' | 'greeting'> {
	const { locale, stories, now, introduction } = wanted
	const text = textIn(newsletter, locale)
	return {
		newsletter: {
			name: text.name,
			description: text.description,
			fromName: text.fromName,
			colour: newsletter.colour,
			...logoInMail(config, newsletter),
			postalAddress: newsletter.postalAddress,
			contact: newsletter.contact,
			publicUrl: newsletterUrl(config, newsletter.slug, locale),
		},
		...firstLines(newsletter, wanted),
		introduction: introduction?.[locale]?.trim() || null,
		date: now,
		...datesOf(newsletter),
		stories: stories.map((story) => ({ ...story, sourceName: null })),
	}
}

/** What inboxes show of a digest: by the patterns of the newsletter, or of staff. Throws `invalid` for one that can't be filled. */
export function firstLines(
	newsletter: Newsletter,
	{
		locale,
		stories,
		now,
		subject,
		preheader,
		introduction,
	}: Pick<Wanted, 'locale' | 'stories' | 'now' | 'subject' | 'preheader' | 'introduction'>,
): { subject: string; preheader: string } {
	const text = textIn(newsletter, locale)
	const { timeZone, dayOrder } = datesOf(newsletter)
	const [first, ...others] = stories
	const values = {
		name: text.name,
		title: first?.title ?? '',
		others: others.map(({ title }) => title).join(' · '),
		summary: first?.summary ?? '',
		count: stories.length,
		date: formatDay(now, { locale, timeZone, order: dayOrder }),
	}
	const fill = (field: 'subject' | 'preheader', given: GivenPattern | undefined, own: string) => {
		const pattern = (typeof given === 'string' ? given : given?.[locale]) ?? own
		try {
			return cut(fillPattern(pattern, locale, values))
		} catch (cause) {
			if (pattern === own) throw cause
			throw invalidField(field, 'errors.newsletter.pattern', { names: patternNames })
		}
	}
	// patterns speak of stories: of a letter without any the newsletter's name and the first words are shown
	const words = first ? '' : firstWords(introduction?.[locale] ?? '')
	return {
		subject: fill('subject', subject, first ? text.subjectPattern : '{name}'),
		preheader:
			fill('preheader', preheader, first ? text.preheaderPattern : '') || cut(words || text.description),
	}
}

const maxLineLength = 250

/** Inboxes show no more of a subject, and Gmail refuses more than 998 octets of it (mail-rules F4). */
function cut(line: string): string {
	const characters = [...line]
	return characters.length <= maxLineLength ? line : `${characters.slice(0, maxLineLength - 1).join('')}…`
}

/** The page of a newsletter in a language, where anybody can subscribe. */
export function newsletterUrl(config: { publicUrl: string }, slug: string, locale: Locale): string {
	return `${config.publicUrl}/newsletters/${slug}/${locale}`
}

function webUrl({ config }: RenderDeps, { slug }: Newsletter, { locale, publicId, stories }: Wanted): string {
	if (!publicId) return newsletterUrl(config, slug, locale)
	return webVersionUrl(config, publicId, { locale, key: variantKey({ locale, stories }) })
}

/** Where a variant of a digest is shown in the browser. */
export function webVersionUrl(
	config: { publicUrl: string },
	publicId: string,
	{ locale, key }: { locale: Locale; key: string },
): string {
	return `${config.publicUrl}/digests/${publicId}/${locale}?variant=${key.slice(0, keyStartLength)}`
}

/** So many characters of a key tell the variants of a digest apart. */
const keyStartLength = 16

type ReadersValue = { marker: string; longest: string }

/** Of a space, `<bdi>`, its end, and a name of characters that HTML writes as `&quot;`. */
const longestNameBytes = 12 + longestGivenName * 6

/** What stands for a reader's own links in a rendition, and as long as they can get with the present key. */
function readersLinks({ keys, config }: RenderDeps, nonce: string): [ReadersValue, ReadersValue] {
	const { MAX_SAFE_INTEGER: most } = Number
	const link = (purpose: 'unsubscribe' | 'preferences') => ({
		marker: slotMarker(nonce, purpose),
		longest: `${config.publicUrl}/${purpose}/${signToken(keys, purpose, [most, most])}`,
	})
	return [link('unsubscribe'), link('preferences')]
}

function withLongest(html: string, values: readonly ReadersValue[]): string {
	return values.reduce((filled, { marker, longest }) => filled.replaceAll(marker, longest), html)
}
