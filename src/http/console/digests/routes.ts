import { z } from 'zod'
import type { digestStatus } from '../../../bounces/index.ts'
import { cancelSending, forecastResend, resendDeliveries, resumeSending } from '../../../deliveries/index.ts'
import {
	createProgressWatch,
	type Digest,
	getDigest,
	listDigests,
	liveProgress,
	openCorrection,
	pauseDigest,
} from '../../../digests/index.ts'
import { mayDo, maySee } from '../../../kernel/actor.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Log } from '../../../kernel/log.ts'
import { getNewsletter, zoneOf } from '../../../newsletters/index.ts'
import { idCursor, toPage } from '../../server/paging.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { speakTimes } from '../speak-times.ts'
import { archivePageRoutes } from './archive-routes.ts'
import { correctionTexts } from './correction-texts.ts'
import { deliveriesTableRoute } from './deliveries-table-route.ts'
import { describeDigest, subjectIn } from './describe-digest.ts'
import { providerEvents } from './describe-providers.ts'
import { reportTableRoutes } from './report-table-routes.ts'

export type DigestPagesDeps = FrameDeps & {
	clock: Clock
	log: Log
	captured: object | undefined
} & Parameters<typeof resumeSending>[0] &
	Parameters<typeof digestStatus>[0]

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/digests/{id}'

/** Digests that went out or are going out: the list, one while it is sent, and what came of it. */
export function digestPageRoutes(deps: DigestPagesDeps): Route[] {
	return [
		listRoute(deps),
		showRoute(deps),
		...controlRoutes(deps),
		resendRoute(deps),
		correctRoute(deps),
		eventsRoute(deps),
		...reportTableRoutes(deps, findOwnDigest),
		deliveriesTableRoute(deps, findOwnDigest),
		...archivePageRoutes(deps, findOwnDigest),
	]
}

const perPage = 30

function listRoute(deps: DigestPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.read' },
		...{ method: 'get', path: '/console/newsletters/{slug}/digests', summary: 'All digests', responses },
		params: slugOnly,
		query: z.object({ before: z.coerce.number().int().positive().optional().catch(undefined) }),
		handle: async ({ params, query, request }): Promise<Answer> => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			const found = await listDigests(deps, newsletter.id, { ...query, limit: perPage + 1 })
			const { items } = toPage(found, perPage, (last) => idCursor.write(last.id))
			return {
				page: 'console/digests',
				locale: request.locale,
				data: {
					frame: await describeFrame(deps, request, { newsletter, current: 'digests' }),
					say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
					slug: newsletter.slug,
					digests: items.map((digest) => ({
						...digest,
						subject: subjectIn(digest, request.locale),
					})),
					before: found.length > perPage ? (items.at(-1)?.id ?? null) : null,
					mayPrepare: mayDo(request.actor, 'digests.prepare'),
				},
			}
		},
	})
}

/** Throws `not_found` where there is no digest that the member may see. */
async function findOwnDigest({ db }: { db: Database }, request: RequestContext, id: number): Promise<Digest> {
	const digest = await getDigest({ db }, id)
	if (maySee(request.actor, digest.newsletterId)) return digest
	throw new AppError('not_found', 'errors.digest.not_found', { params: { id } })
}

function showRoute(deps: DigestPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.read' },
		...{ method: 'get', path, params, summary: 'What becomes of a digest', responses },
		query: z.object({ ask: z.enum(['cancel', 'refused', 'in_doubt']).optional().catch(undefined) }),
		handle: async ({ params, query, request }): Promise<Answer> => {
			const digest = await findOwnDigest(deps, request, params.id)
			const newsletter = await getNewsletter(deps, { id: digest.newsletterId })
			const frame = await describeFrame(deps, request, { newsletter, current: 'digests' })
			const view = await describeDigest(deps, { digest, newsletter, request })
			const page = view.isOver ? 'console/report' : 'console/sending'
			const { ask = null } = query
			const isResend = ask === 'refused' || ask === 'in_doubt'
			const again = isResend && view.isOver ? await forecastResend(deps, digest.id, ask) : null
			return { page, locale: request.locale, data: { frame, ...view, ask, again } }
		},
	})
}

function controlRoutes(deps: DigestPagesDeps): Route[] {
	const acts = { pause: pauseDigest, resume: resumeSending, cancel: cancelSending } as const
	return (['pause', 'resume', 'cancel'] as const).map((name) =>
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.send' },
			...form,
			...{ method: 'post', path: `${path}/${name}`, params, summary: `${name} a digest`, responses: onward },
			body: z.object({}),
			handle: async ({ params, request }) => {
				await findOwnDigest(deps, request, params.id)
				await acts[name](deps, params.id, request.actor)
				return { redirect: `/console/digests/${params.id}` }
			},
		}),
	)
}

function resendRoute(deps: DigestPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{ method: 'post', path: `${path}/resend`, params, summary: 'Send again', responses: onward },
		body: z.object({ state: z.enum(['refused', 'in_doubt']) }),
		handle: async ({ params, body, request }) => {
			await findOwnDigest(deps, request, params.id)
			await resendDeliveries(deps, params.id, body.state, request.actor)
			return { redirect: `/console/digests/${params.id}` }
		},
	})
}

function correctRoute(deps: DigestPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path: `${path}/correction`, params, summary: 'Correct a digest', responses: onward },
		body: z.object({}),
		handle: async ({ params, request }) => {
			const digest = await findOwnDigest(deps, request, params.id)
			const newsletter = await getNewsletter(deps, { id: digest.newsletterId })
			const texts = correctionTexts(deps.messages, newsletter, digest)
			const draft = await openCorrection(deps, digest.id, { texts, actor: request.actor })
			return { redirect: `/console/drafts/${draft.id}` }
		},
	})
}

/** How far a digest is, for the page's script; who has no script reads the page again. */
function eventsRoute(deps: DigestPagesDeps): Route {
	const read = async (id: number) => ({
		...(await liveProgress(deps, id)),
		providers: await providerEvents(deps, id),
	})
	const watch = createProgressWatch({ read, log: deps.log })
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.read' },
		...{ method: 'get', path: `${path}/events`, params, summary: 'Watch a digest being sent' },
		responses: { 200: { description: 'Events', contentType: 'text/event-stream' } },
		handle: async ({ params, request }) => {
			await findOwnDigest(deps, request, params.id)
			async function* events(signal: AbortSignal) {
				for await (const { over, stalledSince, ...progress } of watch.follow(params.id, signal)) {
					yield { event: over ? 'over' : 'progress', data: { ...progress, stalled: stalledSince !== null } }
				}
			}
			return { events }
		},
	})
}
