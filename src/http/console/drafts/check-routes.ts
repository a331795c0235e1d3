import { z } from 'zod'
import {
	approvalOf,
	type CheckDeps,
	checkDraft,
	isForOther,
	lacksApproval,
	maySend,
	startDraft,
	stepDraft,
	undoStart,
} from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import { AppError, invalidField } from '../../../kernel/app-error.ts'
import { instantOfWall } from '../../../kernel/wall-clock.ts'
import { zoneOf } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { sumUp } from './describe-prepare.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

export type CheckRoutesDeps = FrameDeps & CheckDeps & Parameters<typeof startDraft>[0]

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/drafts/{id}/check'
/** As long as a body may be: what is too long comes back beside its field. */
const typed = z.string().default('')

type When = { when: 'now' | 'later'; day: string; time: string }

/** The third step: what stops it, what must be answered, who gets it, when; and the button. */
export function checkRoutes(deps: CheckRoutesDeps): Route[] {
	return [showRoute(deps), answerRoute(deps), sendRoute(deps), undoRoute(deps)]
}

async function show(
	deps: CheckRoutesDeps,
	request: RequestContext,
	id: number,
	{ when, error }: { when?: When; error?: ErrorBody } = {},
): Promise<Answer> {
	const { draft, newsletter } = await findOwnDraft(deps, request, id)
	const after = pageAfter({ draft, newsletter })
	if (after) return after
	const begun = performance.now()
	const approval = await approvalOf(deps, draft.id)
	const { checks, forecast, readers, last } = await checkDraft(deps, draft)
	const frame = await describeDraftFrame(deps, request, { draft, newsletter, step: 'check' })
	const audience = sumUp(
		forecast,
		newsletter.texts.map(({ locale }) => locale),
		draft,
	)
	const active = audience.readers + audience.excluded.reduce((sum, { count }) => sum + count, 0)
	return {
		page: 'console/check',
		locale: request.locale,
		data: {
			...frame,
			checks,
			checkedAt: deps.clock.now(),
			seconds: (performance.now() - begun) / 1_000,
			audience: { ...audience, active },
			readers,
			lastPlanned: last?.planned ?? null,
			mayPrepare: mayDo(request.actor, 'digests.prepare'),
			maySend: maySend(checks),
			hasRight: mayDo(request.actor, 'digests.send'),
			approval: {
				...approval,
				isForOther: isForOther(approval, request.actor),
				lacks: lacksApproval(approval),
			},
			when: when ?? { when: 'now', day: '', time: '' },
			error,
		},
	}
}

function showRoute(deps: CheckRoutesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...{ method: 'get', path, params, summary: 'Check a draft and send it', responses },
		handle: ({ params, request }) => show(deps, request, params.id),
	})
}

function answerRoute(deps: CheckRoutesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path: `${path}/answers`, params, summary: 'Answer a warning', responses: onward },
		body: z.object({ about: typed, anyway: z.string().optional() }),
		handle: async ({ params: { id }, body, request }) => {
			const { draft } = await findOwnDraft(deps, request, id)
			const { checks } = await checkDraft(deps, draft)
			// what has gone meanwhile needs no answer
			if (checks.some(({ about, level }) => about === body.about && level === 'asks')) {
				await stepDraft(deps, id, { answer: body.about, anyway: body.anyway !== undefined }, request.actor)
			}
			return { redirect: `/console/drafts/${id}/check` }
		},
	})
}

function sendRoute(deps: CheckRoutesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{
			method: 'post',
			path: '/console/drafts/{id}/send',
			params,
			summary: 'Send a draft',
			responses: onward,
		},
		body: z.object({
			when: z.enum(['now', 'later']).catch('now').default('now'),
			day: typed,
			time: typed,
			readers: typed,
			version: z.coerce.number().int().positive().optional().catch(undefined),
		}),
		handle: ({ params: { id }, body, request }) => {
			const { readers: seen, version, ...when } = body
			return showAgain(
				deps,
				request,
				async () => {
					const { draft, newsletter } = await findOwnDraft(deps, request, id)
					const after = pageAfter({ draft, newsletter })
					if (after) return after
					if (draft.state === 'open') {
						const { checks, readers } = await checkDraft(deps, draft)
						if (!maySend(checks)) throw new AppError('conflict', 'errors.draft.not_checked')
						// who presses has read a number: it must be about the same
						if (!(Math.abs(readers - Number(seen)) <= Math.max(5, readers / 100)))
							throw new AppError('conflict', 'errors.draft.other_readers', { params: { readers, seen } })
					}
					const zone = zoneOf(newsletter)
					const at = when.when === 'later' ? readTime(when, zone) : undefined
					const versionId = version ?? draft.versionId
					await startDraft(deps, id, { at, versionId, actor: request.actor })
					return { redirect: `/console/drafts/${id}/check` }
				},
				(error) => show(deps, request, id, { when, error }),
			)
		},
	})
}

/** A day and a time on the wall of a zone; throws `invalid` where there is no such time, as when clocks go forward. */
function readTime({ day, time }: When, timeZone: string): Date {
	const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []
	const [, hour, minute] =
		/^(\d{1,2})[:hH.]? ?(\d\d)?$/.exec(
			time
				.replace(/\u00a0/g, ' ')
				.replace(' h ', ':')
				.replace(' h', '')
				.trim(),
		) ?? []
	if (!year) throw invalidField('day', 'errors.draft.day')
	if (!hour || Number(hour) > 23 || Number(minute ?? 0) > 59) throw invalidField('time', 'errors.draft.time')
	const wall = Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute ?? 0))
	// 31 June would be taken for 1 July
	if (new Date(wall).toISOString().slice(0, 10) !== day) throw invalidField('day', 'errors.draft.day')
	const at = instantOfWall(timeZone, wall)
	if (!at) throw invalidField('time', 'errors.draft.time_skipped')
	return at
}

function undoRoute(deps: CheckRoutesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{
			method: 'post',
			path: '/console/drafts/{id}/undo-send',
			params,
			summary: 'Take sending back',
			responses: onward,
		},
		body: z.object({}),
		handle: async ({ params: { id }, request }) => {
			const after = pageAfter(await findOwnDraft(deps, request, id))
			if (after) return after
			await undoStart(deps, id, request.actor)
			return { redirect: `/console/drafts/${id}/check` }
		},
	})
}
