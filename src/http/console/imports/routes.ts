import { z } from 'zod'
import { mayDo } from '../../../kernel/actor.ts'
import { getNewsletter, type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import {
	addEvidence,
	beginCheck,
	beginRun,
	beginUndo,
	changeImport,
	dropImport,
	findImportHold,
	getImport,
	type ImportHoldDeps,
	type ImportRecord,
	listImports,
	maxImportBytes,
	startImport,
} from '../../../subscriptions/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { idCursor, toPage } from '../../server/paging.ts'
import {
	type Answer,
	consoleTag,
	defineRoute,
	fileBody,
	type RequestContext,
	type Route,
} from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { describeColumns, describeResult, type ImportViewDeps, rowFilters } from './describe-import.ts'
import { importEvidenceRoutes } from './evidence-routes.ts'
import { readBasis, readEvidence, readShape, readTyped, typedBody } from './import-input.ts'
import { importRowRoutes } from './row-routes.ts'

export type ImportPagesDeps = FrameDeps & ImportViewDeps & ImportHoldDeps

const list = '/console/newsletters/{slug}/imports'
const one = '/console/imports/{id}'
const idOnly = z.object({ id: z.coerce.number().int().positive() })
const change = { tag: consoleTag, access: { console: 'subscribers.change' } } as const
const read = { tag: consoleTag, access: { console: 'subscribers.read' } } as const

/** Readers brought in from a file: the file, its columns and what allows it, and what came of it. */
export function importPageRoutes(deps: ImportPagesDeps): Route[] {
	return [
		...fileRoutes(deps),
		...oneRoutes(deps),
		...stepRoutes(deps),
		...importRowRoutes(deps, showOne),
		...importEvidenceRoutes(deps, showOne),
	]
}

const perPage = 20

function fileRoutes(deps: ImportPagesDeps): Route[] {
	return [
		defineRoute({
			...read,
			...{ method: 'get', path: list, params: slugOnly, summary: 'Imports of readers', responses },
			query: z.object({ after: z.coerce.number().int().positive().optional().catch(undefined) }),
			handle: async ({ params, query, request }) =>
				showList(deps, request, await findOwnNewsletter(deps, request, params.slug), query),
		}),
		defineRoute({
			...change,
			...{
				method: 'post',
				path: list,
				params: slugOnly,
				summary: 'Bring a file of readers',
				responses: onward,
			},
			body: fileBody,
			bodyTypes: ['stream'],
			maxBodyBytes: maxImportBytes + 1_000_000,
			handle: async ({ params, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, params.slug)
				return showAgain(
					deps,
					request,
					async () => {
						const { fileName, content } = body
						const file = { newsletter: params.slug, fileName: fileName ?? 'import.csv', content }
						const { id, shape } = await startImport(deps, file, request.actor)
						if (shape.columns.includes('address')) await beginCheck(deps, id, request.actor)
						return { redirect: pathOf(id) }
					},
					(error) => showList(deps, request, newsletter, { error }),
				)
			},
		}),
	]
}

const pathOf = (id: number) => `/console/imports/${id}`

async function showList(
	deps: ImportPagesDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ after, error }: { after?: number | undefined; error?: ErrorBody } = {},
): Promise<Answer> {
	const found = await listImports(deps, newsletter.id, { after, limit: perPage + 1 })
	const { items, next } = toPage(found, perPage, (last) => idCursor.write(last.id))
	return {
		page: 'console/imports',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'readers' }),
			say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
			slug: newsletter.slug,
			imports: items,
			next,
			mayImport: mayDo(request.actor, 'subscribers.change'),
			megabytes: maxImportBytes / 1_000_000,
			error,
		},
	}
}

/** What the page of an import is asked to show, beside what it is at. */
export type ImportWish = Partial<Parameters<typeof describeResult>[3]> & {
	typed?: ReturnType<typeof readTyped>
}

async function findOwn(
	deps: ImportPagesDeps,
	request: RequestContext,
	id: number,
): Promise<{ found: ImportRecord; newsletter: Newsletter }> {
	const found = await getImport(deps, id, request.actor)
	return { found, newsletter: await getNewsletter(deps, { id: found.newsletterId }) }
}

/** The page of an import, by what it is at. */
async function showOne(
	deps: ImportPagesDeps,
	request: RequestContext,
	id: number,
	{ typed, error, ...wish }: ImportWish = {},
): Promise<Answer> {
	const own = await findOwn(deps, request, id)
	const { found, newsletter } = own
	const frame = await describeFrame(deps, request, { newsletter, current: 'readers' })
	const { locale } = request
	if (found.state === 'checking' || found.state === 'running' || found.state === 'undoing') {
		const say = speakTimes(deps.messages, locale, zoneOf(newsletter))
		return {
			page: 'console/import-running',
			locale,
			data: {
				frame,
				say,
				found,
				waits: (await findImportHold(deps, found)) !== undefined,
				mayUndo: found.state === 'running',
			},
		}
	}
	const isOver = found.startedAt !== null
	if (isOver) {
		const usual = { shown: 'out' as const, after: undefined, corrected: false, correcting: null, error }
		const data = await describeResult(deps, request, own, { ...usual, ...wish })
		return { page: 'console/import-result', locale, data: { frame, ...data } }
	}
	const data = await describeColumns(deps, request, own, { ...(typed && { typed }), ...(error && { error }) })
	return { page: 'console/import-columns', locale, data: { frame, ...data } }
}

function oneRoutes(deps: ImportPagesDeps): Route[] {
	return [
		defineRoute({
			...read,
			...{ method: 'get', path: one, params: idOnly, summary: 'An import of readers', responses },
			query: z.object({
				show: z.enum(rowFilters).default('out').catch('out'),
				after: z.coerce.number().int().positive().optional().catch(undefined),
				corrected: z.literal('yes').optional().catch(undefined),
			}),
			handle: ({ params, query: { show: shown, after, corrected }, request }) =>
				showOne(deps, request, params.id, { shown, after, corrected: corrected === 'yes' }),
		}),
		defineRoute({
			...change,
			...{ bodyTypes: ['upload', 'urlencoded'], bodyOptional: true },
			...{ method: 'post', path: one, params: idOnly, summary: 'Check or run an import', responses: onward },
			body: typedBody,
			handle: async ({ params: { id }, body, request }) => {
				const { found } = await findOwn(deps, request, id)
				const typed = readTyped(body)
				return showAgain(
					deps,
					request,
					async () => {
						const shape = readShape(body, found)
						const isRun = body.do === 'run' && !shape
						// what is not yet complete is asked for when it runs
						const file = readEvidence(body)
						if (file) await addEvidence(deps, id, [file], request.actor)
						const hasProof = file !== undefined || found.evidenceFile !== null
						const isWhole = typed.basis !== 'asked' || typed.words !== '' || typed.evidence !== '' || hasProof
						const wish = readBasis(isRun || isWhole ? typed : { ...typed, basis: '' })
						await changeImport(deps, id, { ...wish, shape }, request.actor)
						await (isRun ? beginRun : beginCheck)(deps, id, request.actor)
						return { redirect: pathOf(id) }
					},
					(error) => showOne(deps, request, id, { typed, error }),
				)
			},
		}),
	]
}

function stepRoutes(deps: ImportPagesDeps): Route[] {
	return [
		defineRoute({
			...change,
			...form,
			...{ method: 'post', path: `${one}/undo`, params: idOnly, summary: 'Take an import back' },
			...{ responses: onward, body: z.object({}) },
			handle: ({ params: { id }, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await beginUndo(deps, id, request.actor)
						return { redirect: pathOf(id) }
					},
					(error) => showOne(deps, request, id, { error }),
				),
		}),
		defineRoute({
			...change,
			...form,
			...{
				method: 'post',
				path: `${one}/drop`,
				params: idOnly,
				summary: 'Drop a file that was not imported',
			},
			...{ responses: onward, body: z.object({}) },
			handle: async ({ params: { id }, request }) => {
				const { newsletter } = await findOwn(deps, request, id)
				return showAgain(
					deps,
					request,
					async () => {
						await dropImport(deps, id, request.actor)
						return { redirect: list.replace('{slug}', newsletter.slug) }
					},
					(error) => showOne(deps, request, id, { error }),
				)
			},
		}),
	]
}
