import { z } from 'zod'
import {
	getRawReport,
	listReturned,
	listUnmatched,
	type ReturnedCursor,
	type ReturnedMail,
} from '../../../bounces/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { type BounceClass, bounceClasses } from '../../../kernel/enumerations.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type CursorForm, timeCursor, toPage } from '../../server/paging.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { dayInput, startOfDay } from '../day-input.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { describeReturned, meaningOf, wordsOf } from './describe-returned.ts'

export type ReturnedPagesDeps = FrameDeps & { clock: Clock }

const perPage = 50

const byTime = timeCursor(/^[1-9]\d{0,14}$/)
const cursor: CursorForm<ReturnedCursor> = {
	write: ({ time, id }) => byTime.write({ time, key: String(id) }),
	read: (text) => {
		const place = byTime.read(text)
		return place && { time: place.time, id: Number(place.key) }
	},
}
const cursorOf = ({ occurredAt, id }: { occurredAt: Date; id: number }) =>
	cursor.write({ time: occurredAt, id })

const after = z
	.string()
	.max(200)
	.transform((text, context) => {
		const place = text === '' ? undefined : cursor.read(text)
		if (text === '' || place) return place
		context.addIssue({ code: 'custom', message: 'errors.cursor' })
		return z.NEVER
	})
	.optional()

/** The filters as they were typed. */
const typed = z.object({
	class: z.string().max(100).default(''),
	from: z.string().max(100).default(''),
	to: z.string().max(100).default(''),
	digest: z.string().max(100).default(''),
	after: z.string().max(200).default(''),
})

export type ReturnedFilters = z.output<typeof typed>

/** The same, understood. */
const wanted = z.object({
	class: z
		.union([z.enum(bounceClasses), z.literal('')], 'errors.returned.class')
		.transform((name): BounceClass | undefined => name || undefined),
	from: dayInput,
	to: dayInput,
	digest: z
		.string()
		.regex(/^(?:[1-9]\d{0,14})?$/, 'errors.returned.digest')
		.transform((text) => (text === '' ? undefined : Number(text))),
	after,
})

/** What came back of a newsletter's mail, and what could not be told to be about mail of ours. */
export function returnedPageRoutes(deps: ReturnedPagesDeps): Route[] {
	return [listRoute(deps), unmatchedRoute(deps), reportRoute(deps)]
}

type Found = { items: ReturnedMail[]; next: string | null }

async function show(
	deps: ReturnedPagesDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ filters, found, error }: { filters: ReturnedFilters; found: Found | null; error?: ErrorBody },
): Promise<Answer> {
	return {
		page: 'console/returned',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'readers' }),
			say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
			slug: newsletter.slug,
			filters,
			classes: bounceClasses,
			rows: found?.items.map((event) => describeReturned(deps, request.locale, event)) ?? null,
			next: found?.next ?? null,
			mayReadReports: mayDo(request.actor, 'bounces.read'),
			error,
		},
	}
}

function listRoute(deps: ReturnedPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		// each reader's page has the same for the one
		access: { console: 'subscribers.read' },
		...{ method: 'get', path: '/console/newsletters/{slug}/returned', params: slugOnly },
		...{ summary: 'Returned mail', responses },
		query: typed,
		handle: async ({ params, query: filters, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			return showAgain(
				deps,
				request,
				async () =>
					show(deps, request, newsletter, { filters, found: await find(deps, newsletter, filters) }),
				// what can't be understood shows nothing
				(error) => show(deps, request, newsletter, { filters, found: null, error }),
			)
		},
	})
}

async function find(
	deps: ReturnedPagesDeps,
	newsletter: Newsletter,
	filters: ReturnedFilters,
): Promise<Found> {
	const { from, to, digest: digestId, ...rest } = checkInput(wanted, filters)
	const zone = zoneOf(newsletter)
	const found = await listReturned(deps, {
		...rest,
		newsletterId: newsletter.id,
		digestId,
		from: from === undefined ? undefined : startOfDay(from, zone),
		to: to === undefined ? undefined : startOfDay(to, zone, 1),
		limit: perPage + 1,
	})
	return toPage(found, perPage, cursorOf)
}

function unmatchedRoute(deps: ReturnedPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'bounces.read' },
		...{ method: 'get', path: '/console/returned', summary: 'Reports that could not be matched', responses },
		query: z.object({ after }),
		handle: async ({ query, request }): Promise<Answer> => {
			const { locale } = request
			const { events, reports } = await listUnmatched(deps, { after: query.after, limit: perPage + 1 })
			const { items, next } = toPage(events, perPage, cursorOf)
			const rows = items.map((event) => ({
				id: event.id,
				occurredAt: event.occurredAt,
				domain: event.domain,
				meaning: meaningOf(event),
				words: wordsOf(deps, locale, event),
				hasReport: event.reportId !== null,
			}))
			const frame = await describeFrame(deps, request, { current: 'readers' })
			const say = speakTimes(deps.messages, locale, 'UTC')
			return { page: 'console/unmatched', locale, data: { frame, say, reports, rows, next } }
		},
	})
}

function reportRoute(deps: ReturnedPagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'bounces.read' },
		...{ method: 'get', path: '/console/returned/{id}/report', summary: 'A report as it came' },
		params: z.object({ id: z.coerce.number().int().positive() }),
		responses: { 200: { description: 'A mail, or JSON', contentType: 'application/octet-stream' } },
		handle: async ({ params: { id }, request }) => {
			const { raw, via } = await getRawReport(deps, id, request.actor)
			const name = `report-${id}.${via.startsWith('webhook:') ? 'json' : 'eml'}`
			const headers = { 'Content-Disposition': `attachment; filename="${name}"` }
			return { bytes: raw, contentType: 'application/octet-stream', headers }
		},
	})
}
