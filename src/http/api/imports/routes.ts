import { z } from 'zod'
import type { Messages } from '../../../kernel/messages.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import {
	beginCheck,
	beginRun,
	beginUndo,
	changeImport,
	dropImport,
	getImport,
	type ImportDeps,
	type ImportHoldDeps,
	listImports,
	lookAtImport,
	maxImportBytes,
	startImport,
} from '../../../subscriptions/index.ts'
import { idCursor, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, fileBody, type Route } from '../../server/route.ts'
import { describeErrors, idParams, slugParams } from '../staff-answers.ts'
import { evidenceRoutes } from './evidence-routes.ts'
import { importAnswer, importChanges, importPage, toImportAnswer } from './import-answers.ts'
import { importLookAnswer, toLookAnswer } from './look-answer.ts'
import { importRowRoutes } from './row-routes.ts'

export type ImportsDeps = ImportDeps & ImportHoldDeps & { messages: Messages }

const shared = { tag: 'Imports' } as const

/** Files of readers that are brought in: looked at, checked, run, taken back. */
export function importRoutes(deps: ImportsDeps): Route[] {
	return [
		...fileRoutes(deps),
		...readRoutes(deps),
		...stepRoutes(deps),
		...importRowRoutes(deps),
		...evidenceRoutes(deps),
	]
}

function fileRoutes(deps: ImportsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'subscribers.change' },
			method: 'post',
			path: '/api/v1/newsletters/{slug}/imports',
			summary: 'Bring a file of readers',
			description:
				'CSV, TSV or semicolons, up to 200 MB, as the body or as the file of a form. It is kept and looked at: encoding, separator and columns are guessed. Nobody is added until the import is run.',
			params: slugParams,
			query: z.strictObject({
				fileName: z
					.string()
					.max(200)
					.default('')
					.meta({ description: 'The name of the file.', example: 'readers.csv' }),
			}),
			body: fileBody,
			bodyTypes: ['stream'],
			maxBodyBytes: maxImportBytes + 1_000_000,
			responses: {
				201: { description: 'The import', schema: importAnswer },
				...describeErrors(400, 401, 404, 413, 422),
			},
			handle: async ({ params, query, body, request }) => {
				const fileName = query.fileName || body.fileName || 'import.csv'
				const file = { newsletter: params.slug, fileName, content: body.content }
				const made = await startImport(deps, file, request.actor)
				return { status: 201, json: await toImportAnswer(made, { ...deps, locale: request.locale }) }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.change' },
			method: 'delete',
			path: '/api/v1/imports/{id}',
			summary: 'Drop an import that has not begun, with its file',
			params: idParams,
			responses: { 204: { description: 'It is gone' }, ...describeErrors(401, 404, 409, 422) },
			handle: async ({ params, request }) => {
				await dropImport(deps, params.id, request.actor)
				return { status: 204, empty: true }
			},
		}),
	]
}

function readRoutes(deps: ImportsDeps): Route[] {
	const read = { ...shared, access: { permission: 'subscribers.read' }, method: 'get' } as const
	return [
		defineRoute({
			...read,
			path: '/api/v1/newsletters/{slug}/imports',
			summary: 'The imports of a newsletter',
			params: slugParams,
			query: z.strictObject(pageParams(idCursor, { max: 100, usual: 20, describe: 'Imports a page.' })),
			responses: {
				200: { description: 'Newest first', schema: importPage },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query: { after, limit }, request }) => {
				const { id } = await getNewsletter(deps, params)
				const found = await listImports(deps, id, { after, limit: limit + 1 })
				const { items, next } = toPage(found, limit, (last) => idCursor.write(last.id))
				const tell = { ...deps, locale: request.locale }
				return { json: { items: await Promise.all(items.map((each) => toImportAnswer(each, tell))), next } }
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/imports/{id}',
			summary: 'An import and how far it is',
			params: idParams,
			responses: {
				200: { description: 'The import', schema: importAnswer },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) => {
				const found = await getImport(deps, params.id, request.actor)
				return { json: await toImportAnswer(found, { ...deps, locale: request.locale }) }
			},
		}),
		defineRoute({
			...read,
			path: '/api/v1/imports/{id}/look',
			summary: 'The beginning of the file of an import',
			description: 'As it is read now, so that somebody can see whether that is right. It holds addresses.',
			params: idParams,
			responses: {
				200: { description: 'Its first rows', schema: importLookAnswer },
				...describeErrors(401, 404, 409, 422),
			},
			handle: async ({ params, request }) => {
				const look = await lookAtImport(deps, params.id, request.actor)
				return { json: toLookAnswer(look, { ...deps, locale: request.locale }) }
			},
		}),
	]
}

const steps = [
	{
		name: 'check',
		begin: beginCheck,
		summary: 'Check the whole file of an import',
		description:
			'A dry run, in the background: `outcomes` tells what would become of its rows. Nobody is added.',
	},
	{
		name: 'run',
		begin: beginRun,
		summary: 'Run an import that was checked',
		description:
			'In the background; it goes on where it was after a crash. Needs a `basis`. Who has left, was erased or is suppressed stays out, by what holds at that moment.',
	},
	{
		name: 'undo',
		begin: beginUndo,
		summary: 'Take an import back',
		description:
			'In the background: takes away who it added, and restores names and choices that it overwrote. Who has changed something since, confirmed, left or was sent a digest stays. For 30 days after it is done.',
	},
] as const

function stepRoutes(deps: ImportsDeps): Route[] {
	const change = { ...shared, access: { permission: 'subscribers.change' } } as const
	return [
		defineRoute({
			...change,
			method: 'patch',
			path: '/api/v1/imports/{id}',
			summary: 'Say how the file is read, and why its people may be written to',
			description: 'What is not given stays as it is. Another way of reading the file needs another check.',
			params: idParams,
			body: importChanges,
			responses: {
				200: { description: 'The import', schema: importAnswer },
				...describeErrors(400, 401, 404, 409, 422),
			},
			handle: async ({ params, body, request }) => {
				const { basis, overwrite, ...shape } = body
				const isShaped = Object.values(shape).some((field) => field !== undefined)
				const changes = { basis, overwrite, shape: isShaped ? shape : undefined }
				const changed = await changeImport(deps, params.id, changes, request.actor)
				return { json: await toImportAnswer(changed, { ...deps, locale: request.locale }) }
			},
		}),
		...steps.map(({ name, begin, ...words }) =>
			defineRoute({
				...change,
				...words,
				method: 'post',
				path: `/api/v1/imports/{id}/${name}`,
				params: idParams,
				responses: {
					202: { description: 'It has begun', schema: importAnswer },
					...describeErrors(401, 404, 409, 422),
				},
				handle: async ({ params, request }) => {
					const begun = await begin(deps, params.id, request.actor)
					return { status: 202, json: await toImportAnswer(begun, { ...deps, locale: request.locale }) }
				},
			}),
		),
	]
}
