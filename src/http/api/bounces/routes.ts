import { z } from 'zod'
import { closeAlert, listAlerts } from '../../../alerts/index.ts'
import {
	countBouncesByDomain,
	countBouncesOfDigest,
	getBounce,
	getRawReport,
	listBounces,
	type RecordDeps,
	replayReport,
} from '../../../bounces/index.ts'
import { getDigest } from '../../../digests/index.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { idCursor, toPage } from '../../server/paging.ts'
import { defineRoute, type Route, rawBody } from '../../server/route.ts'
import { describeErrors, idParams, whether } from '../staff-answers.ts'
import {
	bounceAlert,
	bounceCounts,
	bounceEvent,
	bouncePage,
	bounceQuery,
	replayAnswer,
} from './bounce-answers.ts'

export type BouncesDeps = RecordDeps & { messages: Messages }

const shared = { tag: 'Bounces and complaints' } as const

/** What came back: events, the reports they were read from, counts, and alerts on refusals of our own making. */
export function bounceRoutes(deps: BouncesDeps): Route[] {
	return [...countRoutes(deps), ...alertRoutes(deps), ...eventRoutes(deps)]
}

function eventRoutes(deps: BouncesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/bounces',
			summary: 'Bounces and complaints',
			query: bounceQuery,
			responses: { 200: { description: 'Newest first', schema: bouncePage }, ...describeErrors(401, 422) },
			handle: async ({ query }) => {
				const { after: before, limit, ...filter } = query
				const found = await listBounces(deps, { ...filter, before, limit: limit + 1 })
				return { json: toPage(found, limit, ({ id }) => idCursor.write(id)) }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/bounces/{id}',
			summary: 'One event',
			params: idParams,
			responses: { 200: { description: 'The event', schema: bounceEvent }, ...describeErrors(401, 404) },
			handle: async ({ params }) => ({ json: await getBounce(deps, params.id) }),
		}),
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/bounces/{id}/report',
			summary: 'The report of an event as it came',
			description: 'Reports hold addresses and are kept for BOUNCE_REPORT_DAYS only.',
			params: idParams,
			responses: {
				200: { description: 'A mail, or the JSON of a webhook', contentType: 'application/octet-stream' },
				...describeErrors(401, 404, 410),
			},
			handle: async ({ params, request }) => {
				const { raw, via } = await getRawReport(deps, params.id, request.actor)
				const name = `report-${params.id}.${via.startsWith('webhook:') ? 'json' : 'eml'}`
				return {
					bytes: raw,
					contentType: 'application/octet-stream',
					headers: { 'Content-Disposition': `attachment; filename="${name}"` },
				}
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'bounces.change' },
			method: 'post',
			path: '/api/v1/bounces/reports',
			summary: 'Read a report',
			description:
				'Takes a returned mail as it came, of any Content-Type, and does what follows from it, as if it had come by itself. The same report again does nothing.',
			body: rawBody,
			bodyTypes: ['raw'],
			maxBodyBytes: 25_000_000,
			responses: {
				200: { description: 'What it was read as', schema: replayAnswer },
				...describeErrors(400, 401, 413),
			},
			handle: async ({ body, request }) => ({ json: await replayReport(deps, body, request.actor) }),
		}),
	]
}

function countRoutes(deps: BouncesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/digests/{id}/bounces',
			summary: 'What came back of a digest, by domain and class',
			params: idParams,
			responses: {
				200: { description: 'Of a hundred domains at most', schema: bounceCounts },
				...describeErrors(401, 404),
			},
			handle: async ({ params }) => {
				await getDigest(deps, params.id)
				return { json: await countBouncesOfDigest(deps, params.id) }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/bounces/domains',
			summary: 'What came back lately, by domain and class',
			query: z.strictObject({
				days: z.coerce.number().int().min(1).max(730).default(30),
				limit: z.coerce.number().int().min(1).max(1_000).default(100).meta({ description: 'Domains.' }),
			}),
			responses: {
				200: { description: 'The domains with the most', schema: bounceCounts },
				...describeErrors(401, 422),
			},
			handle: async ({ query }) => ({ json: await countBouncesByDomain(deps, query) }),
		}),
	]
}

function alertRoutes(deps: BouncesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'bounces.read' },
			method: 'get',
			path: '/api/v1/bounces/alerts',
			summary: 'Refusals of our own making that are too many',
			description:
				'Content, policy and sender never cost a subscriber: they want something done by staff. An attack on the sign-up is told of here as well.',
			query: z.strictObject({
				all: whether.default(false).meta({ description: 'Those that are closed too' }),
				limit: z.coerce.number().int().min(1).max(1_000).default(100),
			}),
			responses: {
				200: { description: 'Newest first', schema: z.object({ items: z.array(bounceAlert) }) },
				...describeErrors(401, 422),
			},
			handle: async ({ query, request }) => {
				const alerts = await listAlerts(deps, query)
				const items = alerts.map((alert) => ({
					...alert,
					reason: alert.reason && describeReply(deps.messages, request.locale, alert.reason),
				}))
				return { json: { items } }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'bounces.change' },
			method: 'post',
			path: '/api/v1/bounces/alerts/{id}/close',
			summary: 'Close an alert that was seen to',
			params: idParams,
			responses: { 204: { description: 'Closed; twice is fine' }, ...describeErrors(401, 404) },
			handle: async ({ params, request }) => {
				await closeAlert(deps, params.id, request.actor)
				return { status: 204, empty: true }
			},
		}),
	]
}
