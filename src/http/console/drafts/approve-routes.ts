import { z } from 'zod'
import {
	approvalOf,
	approveDraft,
	askApproval,
	type CheckDeps,
	checkDraft,
	type Draft,
	isForOther,
	lookAtDraft,
	readStoryGroups,
	type SeenBefore,
	sendBackDraft,
} from '../../../digests/index.ts'
import type { Newsletter } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { changedNumber, type DraftChange, describeChanges } from './describe-changes.ts'
import { sumUp } from './describe-prepare.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

export type ApproveDeps = FrameDeps & CheckDeps

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/drafts/{id}/approve'
const typed = z.string().default('')

/** A second person: asked for, reads what was changed since they looked last, and approves or sends it back with a note. */
export function approveRoutes(deps: ApproveDeps): Route[] {
	return [showRoute(deps), askRoute(deps), approveRoute(deps), sendBackRoute(deps)]
}

async function show(
	deps: ApproveDeps,
	request: RequestContext,
	id: number,
	{ note = '', error }: { note?: string; error?: ErrorBody } = {},
): Promise<Answer> {
	const { draft, newsletter } = await findOwnDraft(deps, request, id)
	const after = pageAfter({ draft, newsletter })
	if (after) return after
	const approval = await approvalOf(deps, id)
	// there it says how it stands
	if (draft.state === 'starting' || !approval.isNeeded) return { redirect: `/console/drafts/${id}/check` }
	const { checks, forecast, readers, last } = await checkDraft(deps, draft)
	const { member } = request.signedIn
	const seen = await lookAtDraft(deps, { draftId: id, versionId: draft.versionId, readers }, member)
	const frame = await describeDraftFrame(deps, request, { draft, newsletter, step: 'check' })
	const locales = newsletter.texts.map(({ locale }) => locale)
	return {
		page: 'console/approve',
		locale: request.locale,
		data: {
			...frame,
			approval,
			isForOther: isForOther(approval, request.actor),
			readers,
			lastPlanned: last?.planned ?? null,
			stops: checks.filter(({ level }) => level === 'stops').length,
			asks: checks.filter(({ level, answer }) => level === 'asks' && !answer).length,
			answered: checks.filter(({ answer }) => answer).length,
			versions: sumUp(forecast, locales, draft).byLanguage.filter(({ all, some }) => all + some > 0).length,
			seenAt: seen.at,
			changes: await findChanges(deps, { draft, newsletter, request, readers, seen, say: frame.say }),
			note,
			error,
		},
	}
}

type Compared = {
	draft: Draft
	newsletter: Newsletter
	request: RequestContext
	readers: number
	seen: SeenBefore
	say: { number(value: number): string }
}

async function findChanges(
	deps: ApproveDeps,
	{ draft, newsletter, request, readers, seen, say }: Compared,
): Promise<DraftChange[] | null> {
	if (!seen.content) return null
	const ids = [...new Set([...seen.content.storyIds, ...draft.content.storyIds])]
	const own = { ...seen.content.own, ...draft.content.own }
	const changes = describeChanges(seen.content, draft.content, {
		groups: await readStoryGroups(deps.db, newsletter.id, ids, own),
		locales: newsletter.texts.map(({ locale }) => locale),
		locale: request.locale,
	})
	if (seen.readers !== null && seen.readers !== readers) {
		const parts = changedNumber(say.number(seen.readers), say.number(readers))
		changes.push({ what: 'readers', locale: null, story: null, parts })
	}
	return changes
}

function showRoute(deps: ApproveDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...{ method: 'get', path, params, summary: 'Read a draft to approve it', responses },
		handle: ({ params, request }) => show(deps, request, params.id),
	})
}

function askRoute(deps: ApproveDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path: '/console/drafts/{id}/ask-approval', params, responses: onward },
		summary: 'Ask for approval',
		body: z.object({}),
		handle: async ({ params: { id }, request }) => {
			const after = pageAfter(await findOwnDraft(deps, request, id))
			if (after) return after
			await askApproval(deps, id, request.actor)
			return { redirect: `/console/drafts/${id}/check` }
		},
	})
}

function approveRoute(deps: ApproveDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{ method: 'post', path, params, summary: 'Approve a draft', responses: onward },
		body: z.object({ version: z.coerce.number().int().positive().catch(0) }),
		handle: ({ params: { id }, body: { version: versionId }, request }) =>
			decide(deps, request, id, {
				act: () => approveDraft(deps, id, { versionId, actor: request.actor }),
				again: (error) => show(deps, request, id, { error }),
			}),
	})
}

function sendBackRoute(deps: ApproveDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{ method: 'post', path: '/console/drafts/{id}/send-back', params, responses: onward },
		summary: 'Send a draft back with a note',
		body: z.object({ note: typed }),
		handle: ({ params: { id }, body: { note }, request }) =>
			decide(deps, request, id, {
				act: () => sendBackDraft(deps, id, { note, actor: request.actor }),
				again: (error) => show(deps, request, id, { note, error }),
			}),
	})
}

/** Approves an open draft, or sends it back; what is wrong with that is shown on its page. */
function decide(
	deps: ApproveDeps,
	request: RequestContext,
	id: number,
	{ act, again }: { act: () => Promise<void>; again: (error: ErrorBody) => Promise<Answer> },
): Promise<Answer> {
	return showAgain(
		deps,
		request,
		async () => {
			const after = pageAfter(await findOwnDraft(deps, request, id))
			if (after) return after
			await act()
			return { redirect: `/console/drafts/${id}/check` }
		},
		again,
	)
}
