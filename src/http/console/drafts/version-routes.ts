import { z } from 'zod'
import { listVersions, readStoryGroups, restoreVersion } from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { type Answer, consoleTag, defineRoute, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { describeStories } from '../describe-stories.ts'
import { form, onward, responses } from '../route-parts.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

type Deps = FrameDeps & { clock: Clock }

const path = '/console/drafts/{id}/versions'
const params = z.object({ id: z.coerce.number().int().positive() })
const versionId = z.coerce.number().int().positive()

/** What a draft held before: a list, one to look at, and a way back to it. */
export function versionRoutes(deps: Deps): Route[] {
	return [showRoute(deps), restoreRoute(deps)]
}

function showRoute(deps: Deps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...{ method: 'get', path, params, summary: 'Versions of a draft', responses },
		query: z.object({ version: versionId.optional().catch(undefined) }),
		handle: async ({ params: { id }, query, request }): Promise<Answer> => {
			const { draft, newsletter } = await findOwnDraft(deps, request, id)
			const after = pageAfter({ draft, newsletter })
			if (after) return after
			const { locale } = request
			const all = await listVersions(deps, draft)
			const looked = all.find((each) => each.id === query.version)
			const { storyIds = [], own, edits = {} } = looked?.content ?? {}
			const groups = await readStoryGroups(deps.db, newsletter.id, storyIds, own)
			const told = groups.map(({ versions, ...group }) => ({
				...group,
				versions: versions.map((each) => ({ ...each, title: edits[each.id]?.title ?? each.title })),
			}))
			const stories = describeStories(told, { locale, newsletter, topics: [], leftOut: [] })
			return {
				page: 'console/versions',
				locale,
				data: {
					...(await describeDraftFrame(deps, request, { draft, newsletter, step: 'prepare' })),
					versions: all.map(({ content: _, ...version }) => version),
					looked: looked ? { ...looked, stories } : null,
					mayRestore: draft.state === 'open',
				},
			}
		},
	})
}

function restoreRoute(deps: Deps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path, params, summary: 'Put a version of a draft back', responses: onward },
		body: z.object({ version: versionId }),
		handle: async ({ params: { id }, body: { version }, request }) => {
			await findOwnDraft(deps, request, id)
			await restoreVersion(deps, id, version, request.actor)
			return { redirect: `/console/drafts/${id}` }
		},
	})
}
