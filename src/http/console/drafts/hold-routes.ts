import { z } from 'zod'
import { holdDraft, letDraftGo } from '../../../digests/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

export type HoldDeps = FrameDeps & Parameters<typeof letDraftGo>[0]

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/drafts/{id}/hold'
/** Home and the draft have the button, too, and want to be seen again. */
const body = z.object({ back: z.enum(['home', 'draft']).catch('draft').default('draft') })

/** Keeps a draft of the schedule from going out by itself, and lets it go: a page with a button, where the mail to staff leads. */
export function holdRoutes(deps: HoldDeps): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.prepare' },
			...{ method: 'get', path, params, summary: 'Hold a draft', responses },
			handle: ({ params: { id }, request }) => show(deps, request, id),
		}),
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.prepare' },
			...form,
			...{ method: 'post', path, params, summary: 'Hold a draft', responses: onward, body },
			handle: ({ params: { id }, body: { back }, request }) =>
				act(deps, request, { id, back }, () => holdDraft(deps, id, request.actor)),
		}),
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.send' },
			...form,
			...{ method: 'post', path: '/console/drafts/{id}/let-go', params },
			...{ summary: 'Let a draft go out', responses: onward, body },
			handle: ({ params: { id }, body: { back }, request }) =>
				act(deps, request, { id, back }, () => letDraftGo(deps, id, request.actor)),
		}),
	]
}

async function show(deps: HoldDeps, request: RequestContext, id: number, error?: ErrorBody): Promise<Answer> {
	const own = await findOwnDraft(deps, request, id)
	const after = pageAfter(own)
	if (after) return after
	// who began it, or has set its time, finds there what can be done
	if (own.draft.state === 'starting' || !own.draft.occurrence) return { redirect: `/console/drafts/${id}` }
	const frame = await describeDraftFrame(deps, request, { ...own, step: 'prepare' })
	return { page: 'console/hold', locale: request.locale, data: { ...frame, error } }
}

async function act(
	deps: HoldDeps,
	request: RequestContext,
	{ id, back }: { id: number; back: 'home' | 'draft' },
	doIt: () => Promise<unknown>,
): Promise<Answer> {
	const own = await findOwnDraft(deps, request, id)
	const after = pageAfter(own)
	if (after) return after
	return showAgain(
		deps,
		request,
		async () => {
			await doIt()
			const home = `/console/newsletters/${own.newsletter.slug}`
			return { redirect: back === 'home' ? home : `/console/drafts/${id}` }
		},
		(error) => show(deps, request, id, error),
	)
}
