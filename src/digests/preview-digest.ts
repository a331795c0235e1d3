import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Rhythm } from '../kernel/enumerations.ts'
import { slotMarker } from '../kernel/mail.ts'
import { getNewsletter, type Newsletter } from '../newsletters/index.ts'
import { chooseDigest } from './choosing/choose-digest.ts'
import { type ForecastAudience, forecastAudience } from './choosing/forecast-audience.ts'
import { usualOf } from './choosing/usual-of.ts'
import { digestSlots, type Rendition } from './digest.ts'
import { explainLeftOut, type LeftOut } from './left-out/explain-left-out.ts'
import { newsletterFor } from './newsletter-for.ts'
import { measurePictures } from './pictures/measure-pictures.ts'
import { type GivenPattern, newsletterUrl, type RenderDeps, renderDigest } from './render-digest.ts'
import { type MissingDetail, missingDetails, withPlaceholders } from './require-sender.ts'

type Deps = RenderDeps & { db: Database; clock: Clock }

export type PreviewOptions = {
	/** Each digest where nothing is said. */
	kind?: Rhythm
	storyIds?: readonly number[]
	subject?: GivenPattern
	preheader?: GivenPattern
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
 * the newsletter's page; where postal address or contact are missing, a text says so in their place.
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

async function makePreview(deps: Deps, newsletterId: number, options: PreviewOptions) {
	const { kind = 'each' } = options
	const now = deps.clock.now()
	const kept = await getNewsletter(deps, { id: newsletterId })
	const newsletter = await newsletterFor(deps.db, kept, { kind, now })
	const choosing = { now, kind, storyIds: options.storyIds }
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

function linkToPage(deps: Deps, { slug }: Newsletter, rendition: Rendition): Rendition {
	const page = newsletterUrl(deps.config, slug, rendition.locale)
	const fill = (body: string) =>
		digestSlots.reduce((filled, slot) => filled.replaceAll(slotMarker(rendition.nonce, slot), page), body)
	return { ...rendition, html: fill(rendition.html), text: fill(rendition.text) }
}
