import { z } from 'zod'
import {
	type DraftStep,
	dropDraft,
	redoDraft,
	saveDraftTexts,
	stepDraft,
	type TextConflict,
	undoDraft,
} from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { zoneOf } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { type DraftFields, describePrepare, readDraftFields } from './describe-prepare.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { editInput, languageEdits, textsInput, typedFields } from './draft-input.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'
import { ownStoryInput } from './own-story-input.ts'
import { describeOthers } from './presence-routes.ts'

export type PrepareDeps = FrameDeps & { clock: Clock }

const shared = { tag: consoleTag, access: { console: 'digests.prepare' } } as const
const path = '/console/drafts/{id}'
const params = z.object({ id: z.coerce.number().int().positive() })
const fields = z.record(z.string(), z.string())

/** The first step of a digest: which stories, in which order, in which words. */
export function prepareRoutes(deps: PrepareDeps): Route[] {
	return [
		showRoute(deps),
		textsRoute(deps),
		stepsRoute(deps),
		editRoute(deps),
		writeRoute(deps),
		...historyRoutes(deps),
	]
}

type Shown = {
	edit?: number | 'new' | undefined
	/** The form on a story as it was filled: what is wrong with it is not lost. */
	story?: Record<string, string>
	typed?: DraftFields
	conflicts?: TextConflict[]
	error?: ErrorBody
}

async function show(
	deps: PrepareDeps,
	request: RequestContext,
	id: number,
	shown: Shown = {},
): Promise<Answer> {
	const { draft, newsletter } = await findOwnDraft(deps, request, id)
	const after = pageAfter({ draft, newsletter })
	if (after) return after
	if (draft.state === 'starting') return { redirect: `/console/drafts/${id}/check` }
	const frame = await describeDraftFrame(deps, request, { draft, newsletter, step: 'prepare' })
	const view = await describePrepare(deps, { draft, newsletter, locale: request.locale, typed: shown.typed })
	const others = await describeOthers(deps, request, id)
	const { edit = null, story = null, conflicts = [], error } = shown
	return {
		page: 'console/prepare',
		locale: request.locale,
		data: { ...frame, ...view, others, edit, typedStory: story, conflicts, error },
	}
}

function showRoute(deps: PrepareDeps): Route {
	return defineRoute({
		...shared,
		...{ method: 'get', path, params, summary: 'Prepare a digest', responses },
		query: z.object({
			edit: z.literal('new').or(z.coerce.number().int()).optional().catch(undefined),
		}),
		handle: ({ params, query, request }) => show(deps, request, params.id, { edit: query.edit }),
	})
}

/** Saves what was typed, from the button and, as it is typed, from the page's script: that is answered in short. */
function textsRoute(deps: PrepareDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: `${path}/texts`, params, summary: 'Save the texts of a draft', responses },
		body: fields,
		handle: async ({ params: { id }, body, request }) => {
			const { newsletter } = await findOwnDraft(deps, request, id)
			const isScript = request.header('x-autosave') === 'yes'
			const typed = typedFields(newsletter, body)
			return showAgain(
				deps,
				request,
				async () => {
					const texts = await textsInput(deps, newsletter, id, typed)
					const base = baseInput.parse(body.base)
					const { draft, conflicts } = await saveDraftTexts(deps, id, { base, texts }, request.actor)
					if (isScript) {
						if (conflicts.length > 0) return { status: 409, json: { conflicts: conflicts.length } }
						const kept = await readDraftFields(deps, { draft, newsletter })
						const { time } = speakTimes(deps.messages, request.locale, zoneOf(newsletter))
						const history = { undo: draft.canUndo, redo: draft.canRedo }
						return { json: { base: draft.versionId, time: time(draft.savedAt), kept, history } }
					}
					if (conflicts.length > 0)
						return { ...(await show(deps, request, id, { typed, conflicts })), status: 409 }
					return {
						redirect: body.then === 'preview' ? `/console/drafts/${id}/preview` : `/console/drafts/${id}`,
					}
				},
				(error) => (isScript ? { json: error } : show(deps, request, id, { typed, error })),
			)
		},
	})
}

/** From which version somebody typed; one that is not known any more is taken for the present one. */
const baseInput = z.coerce.number().int().positive().catch(0)

const stepInput = z.object({
	step: z.enum(['up', 'down', 'place', 'lead', 'leave_out', 'put_back', 'leave_out_in', 'put_back_in']),
	story: z.coerce.number().int(),
	/** Of `leave_out_in` and `put_back_in`. */
	locale: z.string().max(20).default(''),
	/** Of `place`: from 1, as people count. */
	at: z.coerce.number().int().positive().max(1_000).optional(),
})

function stepsRoute(deps: PrepareDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{
			method: 'post',
			path: `${path}/steps`,
			params,
			summary: 'Move a story, leave it out, put it back',
			responses: onward,
		},
		body: fields,
		handle: async ({ params: { id }, body, request }) => {
			const { draft, newsletter } = await findOwnDraft(deps, request, id)
			const { step, story, locale, at = 1 } = checkInput(stepInput, body)
			const taken =
				step === 'leave_out_in' || step === 'put_back_in'
					? {
							edits: await languageEdits(
								deps,
								{ newsletter, draft, story },
								{ locale, isLeftOut: step === 'leave_out_in' },
							),
						}
					: toStep(step, story, at)
			await stepDraft(deps, id, taken, request.actor)
			return { redirect: `/console/drafts/${id}#story-${story}` }
		},
	})
}

type PlainStep = Exclude<z.output<typeof stepInput>['step'], 'leave_out_in' | 'put_back_in'>

function toStep(step: PlainStep, story: number, at: number): DraftStep {
	switch (step) {
		case 'up':
			return { move: story, by: -1 }
		case 'down':
			return { move: story, by: 1 }
		case 'place':
			return { move: story, to: at - 1 }
		case 'lead':
			return { lead: story }
		case 'leave_out':
			return { leaveOut: story }
		case 'put_back':
			return { putBack: story }
	}
}

function editRoute(deps: PrepareDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{
			method: 'post',
			path: `${path}/stories/{story}`,
			summary: 'Tell a story otherwise in this digest',
			responses: onward,
		},
		params: params.extend({ story: z.coerce.number().int() }),
		body: fields,
		handle: async ({ params: { id, story }, body, request }) => {
			const { draft, newsletter } = await findOwnDraft(deps, request, id)
			return showAgain(
				deps,
				request,
				async () => {
					if (draft.content.own[story]) {
						const as = ownStoryInput(newsletter, body, deps.clock.now())
						await stepDraft(deps, id, { own: story, as }, request.actor)
					} else
						await stepDraft(
							deps,
							id,
							{ edits: await editInput(deps, { newsletter, draft, story }, body) },
							request.actor,
						)
					return { redirect: `/console/drafts/${id}#story-${story}` }
				},
				(error) => show(deps, request, id, { edit: story, story: body, error }),
			)
		},
	})
}

function writeRoute(deps: PrepareDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{
			method: 'post',
			path: `${path}/stories`,
			params,
			summary: 'Add a story of staff’s own to a draft',
			responses: onward,
		},
		body: fields,
		handle: async ({ params: { id }, body, request }) => {
			const { newsletter } = await findOwnDraft(deps, request, id)
			return showAgain(
				deps,
				request,
				async () => {
					const as = ownStoryInput(newsletter, body, deps.clock.now())
					const { content } = await stepDraft(deps, id, { own: 'new', as }, request.actor)
					return { redirect: `/console/drafts/${id}#story-${content.storyIds.at(-1)}` }
				},
				(error) => show(deps, request, id, { edit: 'new', story: body, error }),
			)
		},
	})
}

function historyRoutes(deps: PrepareDeps): Route[] {
	const acts = { undo: undoDraft, redo: redoDraft } as const
	const dropRoute = defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: `${path}/drop`, params, summary: 'Throw a draft away', responses: onward },
		body: z.object({}),
		handle: async ({ params: { id }, request }) => {
			const { newsletter } = await findOwnDraft(deps, request, id)
			await dropDraft(deps, id, request.actor)
			return { redirect: `/console/newsletters/${newsletter.slug}` }
		},
	})
	const historic = (['undo', 'redo'] as const).map((name) =>
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/${name}`, params, summary: `${name} a change`, responses: onward },
			body: z.object({}),
			handle: async ({ params: { id }, request }) => {
				await findOwnDraft(deps, request, id)
				await acts[name](deps, id, request.actor)
				return { redirect: `/console/drafts/${id}` }
			},
		}),
	)
	return [...historic, dropRoute]
}
