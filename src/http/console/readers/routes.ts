import { z } from 'zod'
import { AppError } from '../../../kernel/app-error.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { type Newsletter, textIn } from '../../../newsletters/index.ts'
import {
	type EraseDeps,
	eraseReader,
	filterReaders,
	showReader,
	unsubscribeByStaff,
} from '../../../subscriptions/index.ts'
import { toReaderAnswer } from '../../api/readers/reader-answers.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { readerChoicesRoutes } from './choices-routes.ts'
import { describeFound, type FoundRows } from './describe-found.ts'
import { describeReader } from './describe-reader.ts'
import { describeReaders } from './describe-readers.ts'
import { exportRoute } from './export-route.ts'
import {
	type FilterChoices,
	readFilterChoices,
	type TypedFilters,
	typedFilters,
	understandFilters,
} from './filter-input.ts'
import { findOwnReader } from './find-own-reader.ts'

export type ReadersPageDeps = FrameDeps &
	EraseDeps & {
		clock: Clock
		config: { publicUrl: string; reminderDays: number; unconfirmedDays: number }
	}

const read = { tag: consoleTag, access: { console: 'subscribers.read' }, method: 'get' } as const
const change = { tag: consoleTag, access: { console: 'subscribers.change' }, method: 'post' } as const
const path = '/console/newsletters/{slug}/readers'
const params = z.object({ slug: z.string(), id: z.coerce.number().int().positive() })
const shown = z.literal('yes').optional().catch(undefined)
const perPage = 50

/** Readers of a newsletter: how many, whence, a search by address; one of them, their data, leaving and erasing. */
export function readerPageRoutes(deps: ReadersPageDeps): Route[] {
	return [
		listRoute(deps),
		exportRoute(deps),
		showRoute(deps),
		dataRoute(deps),
		unsubscribeRoute(deps),
		eraseRoute(deps),
		...readerChoicesRoutes(deps),
	]
}

/** `found`: null where nobody has looked, or what was typed can't be understood. */
export type Search = {
	typed: TypedFilters
	choices: FilterChoices
	found: FoundRows | null
	error?: ErrorBody | undefined
}

function listRoute(deps: ReadersPageDeps): Route {
	const show = async (request: RequestContext, newsletter: Newsletter, search: Search, erased: boolean) => {
		const frame = await describeFrame(deps, request, { newsletter, current: 'readers' })
		const view = await describeReaders(deps, newsletter, request)
		const { name } = textIn(newsletter, request.locale)
		const page = { page: 'console/readers', locale: request.locale } as const
		return { ...page, data: { frame, ...view, name, search, erased } }
	}
	return defineRoute({
		...read,
		...{ path, params: slugOnly, summary: 'Readers', responses },
		query: typedFilters.extend({ erased: shown }),
		handle: async ({ params, query: { erased, ...typed }, request }): Promise<Answer> => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			const choices = await readFilterChoices(deps, newsletter)
			const nothing: Search = { typed, choices, found: null }
			if (Object.values(typed).every((value) => value === undefined))
				return show(request, newsletter, nothing, erased === 'yes')
			return showAgain(
				deps,
				request,
				async () => {
					const { wish, after } = understandFilters(newsletter, choices, typed)
					const found = await filterReaders(deps, wish, { after, limit: perPage }, request.actor)
					const rows = describeFound(deps, found, { choices, typed, locale: request.locale })
					return show(request, newsletter, { typed, choices, found: rows }, false)
				},
				(error) => show(request, newsletter, { ...nothing, error }, false),
			)
		},
	})
}

function showRoute(deps: ReadersPageDeps): Route {
	return defineRoute({
		...read,
		...{ path: `${path}/{id}`, params, summary: 'One reader', responses },
		query: z.object({ all: shown, left: shown, changed: z.enum(['yes', 'no']).optional().catch(undefined) }),
		handle: async ({ params, query, request }): Promise<Answer> => {
			const { newsletter, whole } = await findOwnReader(deps, request, params)
			const reader = await showReader(deps, { id: params.id, action: 'show' }, request.actor)
			const frame = await describeFrame(deps, request, { newsletter, current: 'readers' })
			const all = query.all === 'yes'
			const view = await describeReader(deps, { reader, newsletter, whole, all }, request)
			const data = { frame, ...view, left: query.left === 'yes', changed: query.changed ?? null }
			return { page: 'console/reader', locale: request.locale, data }
		},
	})
}

/** What concerns the person as a whole is for who sees all that it concerns. */
function requireWhole(whole: boolean): void {
	if (!whole) throw new AppError('forbidden', 'errors.reader.of_others')
}

function dataRoute(deps: ReadersPageDeps): Route {
	return defineRoute({
		...read,
		...{ path: `${path}/{id}/data.json`, params, summary: 'All that is kept of a reader' },
		responses: { 200: { description: 'The person', contentType: 'application/json' } },
		handle: async ({ params: { slug, id }, request }) => {
			const { whole } = await findOwnReader(deps, request, { slug, id })
			requireWhole(whole)
			const reader = await showReader(deps, { id, action: 'export' }, request.actor)
			const headers = { 'Content-Disposition': `attachment; filename="reader-${id}.json"` }
			return { json: toReaderAnswer(reader, deps.messages, request.locale), headers }
		},
	})
}

function unsubscribeRoute(deps: ReadersPageDeps): Route {
	return defineRoute({
		...change,
		...form,
		...{ path: `${path}/{id}/unsubscribe`, params, summary: 'Unsubscribe a reader', responses: onward },
		body: z.object({}),
		handle: async ({ params: { slug, id }, request }) => {
			const { newsletter } = await findOwnReader(deps, request, { slug, id })
			await unsubscribeByStaff(deps, { id, newsletter: newsletter.slug }, request.actor)
			return { redirect: `/console/newsletters/${newsletter.slug}/readers/${id}?left=yes` }
		},
	})
}

function eraseRoute(deps: ReadersPageDeps): Route {
	return defineRoute({
		...change,
		...form,
		...{ path: `${path}/{id}/erase`, params, summary: 'Erase a reader', responses: onward },
		body: z.object({}),
		handle: async ({ params, request }) => {
			const { newsletter, address, whole } = await findOwnReader(deps, request, params)
			requireWhole(whole)
			await eraseReader(deps, { address }, request.actor)
			return { redirect: `/console/newsletters/${newsletter.slug}/readers?erased=yes` }
		},
	})
}
