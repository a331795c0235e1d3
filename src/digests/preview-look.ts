import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import type { Logo } from '../kernel/rasterise-logo.ts'
import { getNewsletter, logoInMail, withLook } from '../newsletters/index.ts'
import { chooseDigest } from './choosing/choose-digest.ts'
import { usualOf } from './choosing/usual-of.ts'
import type { DigestStory } from './digest.ts'
import { newsletterFor } from './newsletter-for.ts'
import { withPictureSizes } from './pictures/measure-pictures.ts'
import { choosingOf, linkToPage } from './preview-digest.ts'
import { type RenderDeps, renderDigest } from './render-digest.ts'
import { withPlaceholders } from './require-sender.ts'

type Deps = RenderDeps & { db: Database; clock: Clock }

export type LookToPreview = {
	locale: Locale
	colour: string
	/** One that is not kept yet: it stands in the HTML itself. Undefined: the one there is. */
	logo: Logo | undefined
	/** Title and summary of stories, for a newsletter that has no new ones. */
	sample: ReadonlyArray<{ title: string; summary: string }>
}

const mostStories = 3

/** The HTML of a digest as it would look: with the newest stories, else with those of the sample. Nothing is kept. */
export async function previewLook(
	deps: Deps,
	newsletterId: number,
	{ locale, colour, logo, sample }: LookToPreview,
): Promise<string> {
	const now = deps.clock.now()
	const kept = await getNewsletter(deps, { id: newsletterId })
	const newsletter = await newsletterFor(deps.db, withLook(kept, { colour, logo }), { kind: 'each', now })
	const chosen = await chooseDigest(deps.db, newsletter, { now, ...choosingOf({}), onlyProfiles: true })
	const { variants } = usualOf(chosen)
	const newest = variants.find((variant) => variant.locale === locale) ?? variants[0]
	const shown = newest
		? { ...newest, stories: newest.stories.slice(0, mostStories) }
		: { locale, stories: sample.map((each, index) => toStory({ ...each, locale, now }, index)) }
	const complete = withPlaceholders(newsletter, shown.locale)
	const variant = newest ? await withPictureSizes(deps.db, [shown]) : [shown]
	const [rendition] = await renderDigest(deps, complete, variant, { now, publicId: undefined })
	if (!rendition) throw new Error('a digest of one variant has no rendition')
	const { html } = linkToPage(deps, newsletter, rendition)
	const { logoUrl } = logoInMail(deps.config, newsletter)
	return logo && logoUrl
		? html.replaceAll(logoUrl, `data:image/png;base64,${logo.png.toString('base64')}`)
		: html
}

function toStory(
	{ title, summary, locale, now }: { title: string; summary: string; locale: Locale; now: Date },
	index: number,
): DigestStory {
	const nothing = { link: null, imageUrl: null, imageAlt: null, author: null, translationGroup: null }
	return { ...nothing, id: index + 1, locale, title, summary, publishedAt: now, categories: [] }
}
