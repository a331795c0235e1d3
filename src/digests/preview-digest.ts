import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { slotMarker } from '../kernel/mail.ts'
import { getNewsletter } from '../newsletters/index.ts'
import { chooseStories } from './choose-stories.ts'
import type { Rendition } from './digest.ts'
import { measurePictures } from './pictures/measure-pictures.ts'
import { type GivenPattern, newsletterUrl, type RenderDeps, renderDigest } from './render-digest.ts'
import { requireSender } from './require-sender.ts'

type Deps = RenderDeps & { db: Database; clock: Clock }

export type PreviewOptions = {
	storyIds?: readonly number[]
	subject?: GivenPattern
	preheader?: GivenPattern
}

/** What would be sent now, a rendition a language; none where nothing is new. Links that would be a reader's own lead to the newsletter's page. */
export async function previewDigest(
	deps: Deps,
	newsletterId: number,
	options: PreviewOptions = {},
): Promise<Rendition[]> {
	const newsletter = requireSender(await getNewsletter(deps, { id: newsletterId }))
	const now = deps.clock.now()
	const choosing = { now, storyIds: options.storyIds }
	await measurePictures(deps, await chooseStories(deps.db, newsletter, choosing))
	const choice = await chooseStories(deps.db, newsletter, choosing)
	const renditions = await renderDigest(deps, newsletter, choice, { ...options, now, publicId: undefined })
	return renditions.map((rendition) => {
		const marker = slotMarker(rendition.nonce, 'unsubscribe')
		const page = newsletterUrl(deps.config, newsletter.slug, rendition.locale)
		return {
			...rendition,
			html: rendition.html.replaceAll(marker, page),
			text: rendition.text.replaceAll(marker, page),
		}
	})
}
