import { z } from 'zod'
import { closeAlert, listAlertsOfNewsletter } from '../../../alerts/index.ts'
import { resumeRelays } from '../../../deliveries/index.ts'
import { dropMissed, findCurrentDraft, listMissed, sendMissed } from '../../../digests/index.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { ChallengeMode } from '../../../kernel/signup-challenge.ts'
import type { Newsletter } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { alertsSeenBy, describeAlerts } from './describe-alerts.ts'

export type AlertPagesDeps = FrameDeps & { config: { signupChallenge: ChallengeMode } } & Parameters<
		typeof sendMissed
	>[0] &
	Parameters<typeof resumeRelays>[0]

const path = '/console/newsletters/{slug}/alerts'
const ofOne = z.object({ slug: z.string(), id: z.coerce.number().int().positive() })

/** What was done, as the page says it afterwards. */
const outcomes = ['dropped', 'nothing_new', 'closed', 'resumed'] as const
export type AlertOutcome = (typeof outcomes)[number]

/** What waits for somebody: digests that were missed, refusals that are our own fault, a relay that refuses our account. */
export function alertPageRoutes(deps: AlertPagesDeps): Route[] {
	return [listRoute(deps), ...missedRoutes(deps), closeRoute(deps), resumeRoute(deps)]
}

type Shown = { before?: number | undefined; done?: AlertOutcome | undefined; error?: ErrorBody }

async function show(
	deps: AlertPagesDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ before, done, error }: Shown,
): Promise<Answer> {
	const frame = await describeFrame(deps, request, { newsletter, current: 'home' })
	const view = await describeAlerts(deps, newsletter, { before, request })
	return {
		page: 'console/alerts',
		locale: request.locale,
		data: { frame, ...view, done: done ?? null, error },
	}
}

function listRoute(deps: AlertPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.read' },
		...{ method: 'get', path, params: slugOnly, summary: 'What waits for somebody', responses },
		query: z.object({
			before: z.coerce.number().int().positive().optional(),
			done: z.enum(outcomes).optional().catch(undefined),
		}),
		handle: async ({ params, query, request }) =>
			show(deps, request, await findOwnNewsletter(deps, request, params.slug), query),
	})
}

function missedRoutes(deps: AlertPagesDeps): Route[] {
	const shared = {
		tag: consoleTag,
		access: { console: 'digests.send' },
		method: 'post',
		params: ofOne,
	} as const
	const findOwnMissed = async (request: RequestContext, { slug, id }: { slug: string; id: number }) => {
		const newsletter = await findOwnNewsletter(deps, request, slug)
		const all = await listMissed(deps)
		if (all.some((each) => each.id === id && each.newsletterId === newsletter.id)) return newsletter
		throw new AppError('not_found', 'errors.digest.not_missed', { params: { id } })
	}
	return [
		defineRoute({
			...shared,
			...form,
			...{ path: `${path}/missed/{id}/send`, summary: 'Send a missed digest after all', responses: onward },
			body: z.object({}),
			handle: async ({ params, request }) => {
				const newsletter = await findOwnMissed(request, params)
				const kind = (await listMissed(deps)).find(({ id }) => id === params.id)?.kind ?? 'each'
				const draft = await findCurrentDraft(deps.db, { newsletterId: newsletter.id, kind })
				// what somebody prepares has these stories: it is what can be sent
				if (draft) return { redirect: `/console/drafts/${draft.id}/check` }
				return showAgain(
					deps,
					request,
					async () => {
						const sent = await sendMissed(deps, params.id, request.actor)
						if (sent.kind !== 'nothing_new') return { redirect: `/console/digests/${sent.digest.id}` }
						return { redirect: pathOf(newsletter, 'nothing_new') }
					},
					(error) => show(deps, request, newsletter, { error }),
				)
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{ path: `${path}/missed/{id}/drop`, summary: 'Let a missed digest go', responses: onward },
			body: z.object({}),
			handle: async ({ params, request }) => {
				const newsletter = await findOwnMissed(request, params)
				await dropMissed(deps, params.id, request.actor)
				return { redirect: pathOf(newsletter, 'dropped') }
			},
		}),
	]
}

function pathOf({ slug }: Newsletter, done: AlertOutcome): string {
	return `/console/newsletters/${slug}/alerts?done=${done}`
}

function closeRoute(deps: AlertPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'bounces.change' },
		...form,
		...{ method: 'post', path: `${path}/{id}/close`, params: ofOne, summary: 'Close an alert' },
		responses: onward,
		body: z.object({}),
		handle: async ({ params: { slug, id }, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, slug)
			const filter = { ...alertsSeenBy(request, newsletter), id, limit: 1 }
			const open = await listAlertsOfNewsletter(deps, { ...filter, closed: false })
			const past = await listAlertsOfNewsletter(deps, { ...filter, closed: true })
			if (open.length + past.length === 0)
				throw new AppError('not_found', 'errors.bounce.alert_not_found', { params: { id } })
			// a colleague may have pressed first
			if (open.length > 0) await closeAlert(deps, id, request.actor)
			return { redirect: pathOf(newsletter, 'closed') }
		},
	})
}

function resumeRoute(deps: AlertPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'installation.resume' },
		...form,
		...{ method: 'post', path: `${path}/resume`, params: slugOnly, summary: 'Try a relay again' },
		responses: onward,
		body: z.object({ relay: z.string().min(1).max(300) }),
		handle: async ({ params, body, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			await resumeRelays(deps, body.relay, request.actor)
			return { redirect: pathOf(newsletter, 'resumed') }
		},
	})
}
