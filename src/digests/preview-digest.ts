import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Rhythm } from '../kernel/enumerations.ts'
import { slotMarker } from '../kernel/mail.ts'
import type { Locale } from '../kernel/messages.ts'
import type { DigestWish } from '../kernel/tables/digests.ts'
import { getNewsletter, type Newsletter } from '../newsletters/index.ts'
import { type ChoosingWish, chooseDigest } from './choosing/choose-digest.ts'
import { type ForecastAudience, forecastAudience, readersOfVariants } from './choosing/forecast-audience.ts'
import { storyIdsOf, usualOf } from './choosing/usual-of.ts'
import { type DigestSlot, digestSlots, type Rendition, type Variant } from './digest.ts'
import { explainLeftOut, type LeftOut } from './left-out/explain-left-out.ts'
import { languagesOf } from './letter.ts'
import { newsletterFor } from './newsletter-for.ts'
import { measurePictures, withPictureSizes } from './pictures/measure-pictures.ts'
import {
	firstLines,
	type GivenPattern,
	newsletterUrl,
	type RenderDeps,
	renderDigest,
} from './render-digest.ts'
import { type MissingDetail, missingDetails, withPlaceholders } from './require-sender.ts'
import { withEdits } from './with-edits.ts'

type Deps = RenderDeps & { db: Database; clock: Clock }

export type PreviewOptions = {
	/** Each digest where nothing is said. */
	kind?: Rhythm
	storyIds?: readonly number[]
	/** Passes over stories that are gone meanwhile. */
	unknownIsFine?: boolean
	subject?: GivenPattern
	preheader?: GivenPattern
	introduction?: DigestWish['introduction']
	edits?: DigestWish['edits']
	own?: DigestWish['own']
	/** Stories that readers get again who had them. */
	again?: DigestWish['again']
	/** Holds no story of a feed: those of `own` alone, and the introduction. */
	isLetter?: boolean
	/** The digest whose readers alone get it; null or missing: all. */
	corrects?: number | null
}

/** What of these options says which stories are chosen, for whom. */
export function choosingOf({
	kind = 'each',
	storyIds,
	unknownIsFine,
	own,
	again,
	isLetter = false,
	corrects,
	introduction,
	edits,
}: PreviewOptions): Pick<
	ChoosingWish,
	'kind' | 'storyIds' | 'unknownIsFine' | 'own' | 'edits' | 'again' | 'letterIn' | 'corrects'
> {
	const letterIn = isLetter ? languagesOf({ introduction }) : undefined
	return {
		kind,
		storyIds: isLetter ? (storyIds ?? []) : storyIds,
		unknownIsFine,
		own,
		edits,
		again,
		letterIn,
		corrects,
	}
}

/**
 * What would be sent now, to how many, what is left out of it and why, and what the newsletter lacks before it can be
 * sent. `renditions` are those of readers who chose nothing, one a language.
 */
export type Preview = {
	renditions: Rendition[]
	audience: ForecastAudience
	leftOut: LeftOut[]
	missing: MissingDetail[]
}

/**
 * What would be sent now to readers who chose nothing, a rendition a language; none where nothing is new. Links that would be a reader's own lead to
 * the newsletter's page, a greeting is without a name; where postal address or contact are missing, a text says so in their place.
 */
export async function previewDigest(
	deps: Deps,
	newsletterId: number,
	options: PreviewOptions = {},
): Promise<Rendition[]> {
	return (await makePreview(deps, newsletterId, options)).renditions
}

/** The same, with who would get what, and what is left out. */
export async function explainPreview(
	deps: Deps,
	newsletterId: number,
	options: PreviewOptions = {},
): Promise<Preview> {
	const { newsletter, chosen, ...made } = await makePreview(deps, newsletterId, options)
	const { storyIds } = options
	return {
		renditions: made.renditions,
		audience: forecastAudience(chosen),
		leftOut: await explainLeftOut(deps.db, newsletter, { ...made, storyIds }),
		missing: missingDetails(newsletter),
	}
}

/** A digest as it would be now, without its mails: quick enough for a page that is looked at all the time. */
export type Forecast = {
	audience: ForecastAudience
	/** What readers get who chose nothing, a variant a language, told as staff wants it. */
	variants: Variant[]
	/** One story of each group of translations, in their order. */
	storyIds: number[]
	/** What inboxes would show of those, by language. */
	lines: Record<Locale, { subject: string; preheader: string }>
	leftOut: LeftOut[]
	missing: MissingDetail[]
}

/**
 * What would be sent now, to how many, and what is left out, without compiling a mail. `quick` counts readers by their
 * choices alone: who changed them since the last digest may get another variant, which takes longer to find out.
 */
export async function forecastDigest(
	deps: Pick<Deps, 'db' | 'clock'>,
	newsletterId: number,
	{ quick = false, ...options }: PreviewOptions & { quick?: boolean } = {},
): Promise<Forecast> {
	const { kind = 'each', edits } = options
	const now = deps.clock.now()
	const kept = await getNewsletter(deps, { id: newsletterId })
	const newsletter = await newsletterFor(deps.db, kept, { kind, now })
	const choosing = { now, ...choosingOf(options), onlyProfiles: quick }
	const chosen = await chooseDigest(deps.db, newsletter, choosing)
	const variants = usualOf(chosen).variants.map(({ locale, stories }) => ({
		locale,
		stories: withEdits(stories, edits, locale),
	}))
	return {
		audience: forecastAudience(chosen),
		variants,
		storyIds: storyIdsOf(variants),
		lines: Object.fromEntries(
			[...withoutStories(newsletter, options), ...variants].map((variant) => [
				variant.locale,
				firstLines(newsletter, { ...options, ...variant, now }),
			]),
		),
		leftOut: await explainLeftOut(deps.db, newsletter, {
			now,
			storyIds: options.isLetter ? [] : undefined,
			variants,
			renditions: variants,
		}),
		missing: missingDetails(newsletter),
	}
}

/** A letter has a subject before it has a text. */
function withoutStories({ texts }: Newsletter, { isLetter }: PreviewOptions): Variant[] {
	return isLetter ? texts.map(({ locale }) => ({ locale, stories: [] })) : []
}

/** One of the mails that would be sent now, and how many readers would get it. */
export type VariantPreview = { index: number; count: number; readers: number; rendition: Rendition }

/**
 * One variant as it would be sent now; `index` counts from 0, the most read first. Undefined where nothing would be sent.
 */
export async function previewVariant(
	deps: Deps,
	newsletterId: number,
	options: PreviewOptions,
	index: number | { locale: Locale },
): Promise<VariantPreview | undefined> {
	const { kind = 'each' } = options
	const now = deps.clock.now()
	const kept = await getNewsletter(deps, { id: newsletterId })
	const newsletter = await newsletterFor(deps.db, kept, { kind, now })
	const chosen = await chooseDigest(deps.db, newsletter, { now, ...choosingOf(options) })
	const read = readersOfVariants(chosen)
	// without any readers yet, what those would get who choose nothing
	const unread = usualOf(chosen).variants.map((variant) => ({ variant, readers: 0 }))
	const all = read.length > 0 ? read : unread
	const at =
		typeof index === 'number' ? index : all.findIndex(({ variant }) => variant.locale === index.locale)
	const wanted = all[Math.max(at, 0)]
	if (!wanted) return undefined
	await measurePictures(deps, [wanted.variant])
	const [variant = wanted.variant] = await withPictureSizes(deps.db, [wanted.variant])
	const complete = withPlaceholders(newsletter, variant.locale)
	const [rendition] = await renderDigest(deps, complete, [variant], { ...options, now, publicId: undefined })
	if (!rendition) return undefined
	return {
		index: Math.max(at, 0),
		count: all.length,
		readers: wanted.readers,
		rendition: linkToPage(deps, newsletter, rendition),
	}
}

async function makePreview(deps: Deps, newsletterId: number, options: PreviewOptions) {
	const { kind = 'each' } = options
	const now = deps.clock.now()
	const kept = await getNewsletter(deps, { id: newsletterId })
	const newsletter = await newsletterFor(deps.db, kept, { kind, now })
	const choosing = { now, ...choosingOf(options) }
	const before = await chooseDigest(deps.db, newsletter, { ...choosing, onlyProfiles: true })
	await measurePictures(deps, usualOf(before).variants)
	const chosen = await chooseDigest(deps.db, newsletter, choosing)
	const { variants } = usualOf(chosen)
	const renditions: Rendition[] = []
	for (const each of variants) {
		const complete = withPlaceholders(newsletter, each.locale)
		renditions.push(...(await renderDigest(deps, complete, [each], { ...options, now, publicId: undefined })))
	}
	return {
		newsletter,
		now,
		chosen,
		variants,
		renditions: renditions.map((each) => linkToPage(deps, newsletter, each)),
	}
}

/** Fills the places of a reader's own links with the newsletter's page. */
export function linkToPage(
	deps: Pick<Deps, 'config'>,
	{ slug }: Newsletter,
	rendition: Rendition,
): Rendition {
	const page = newsletterUrl(deps.config, slug, rendition.locale)
	const ownValue = (slot: DigestSlot) => (slot === 'givenName' ? '' : page)
	const fill = (body: string) =>
		digestSlots.reduce(
			(filled, slot) => filled.replaceAll(slotMarker(rendition.nonce, slot), ownValue(slot)),
			body,
		)
	return { ...rendition, html: fill(rendition.html), text: fill(rendition.text) }
}
