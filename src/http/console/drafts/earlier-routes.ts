import { z } from 'zod'
import { addEarlier, listEarlier } from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { listTopics } from '../../../newsletters/index.ts'
import { type Answer, consoleTag, defineRoute, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { describeStories } from '../describe-stories.ts'
import { form, onward, responses } from '../route-parts.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

type Deps = FrameDeps & { clock: Clock }

const path = '/console/drafts/{id}/earlier'
const params = z.object({ id: z.coerce.number().int().positive() })

/** Stories that are not new, to be added to a draft all the same. */
export function earlierRoutes(deps: Deps): Route[] {
	return [showRoute(deps), addRoute(deps)]
}

function showRoute(deps: Deps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...{ method: 'get', path, params, summary: 'Earlier stories for a draft', responses },
		query: z.object({ title: z.string().trim().max(200).catch('').default('') }),
		handle: async ({ params: { id }, query: { title: search }, request }): Promise<Answer> => {
			const { draft, newsletter } = await findOwnDraft(deps, request, id)
			const after = pageAfter({ draft, newsletter })
			if (after) return after
			if (draft.state !== 'open' || draft.isLetter) return { redirect: `/console/drafts/${id}` }
			const { stories, more } = await listEarlier(deps, draft, search)
			const topics = await listTopics(deps, newsletter.id)
			const { locale } = request
			const rows = describeStories(stories, { locale, newsletter, topics, leftOut: [] })
			const ofs = stories.map(({ of }) => of)
			return {
				page: 'console/earlier',
				locale,
				data: {
					...(await describeDraftFrame(deps, request, { draft, newsletter, step: 'prepare' })),
					search,
					stories: rows.map((row, index) => ({ ...row, of: ofs[index] ?? null })),
					more,
				},
			}
		},
	})
}

function addRoute(deps: Deps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path, params, summary: 'Add an earlier story to a draft', responses: onward },
		body: z.object({ story: z.coerce.number().int().positive() }),
		handle: async ({ params: { id }, body: { story }, request }) => {
			await findOwnDraft(deps, request, id)
			await addEarlier(deps, id, story, request.actor)
			return { redirect: `/console/drafts/${id}#story-${story}` }
		},
	})
}
