import { z } from 'zod'
import { importOutcomes } from '../../../kernel/enumerations.ts'
import { correctRow, listImportRows, reportImport, rowsToCorrect } from '../../../subscriptions/index.ts'
import { idCursor, pageParams, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams } from '../staff-answers.ts'
import { importAnswer, importRowPage, toImportAnswer, toRowAnswer } from './import-answers.ts'
import type { ImportsDeps } from './routes.ts'
import { writeReport, writeRowsToCorrect } from './write-tables.ts'

const shared = { tag: 'Imports' } as const

/** The rows of an import, with their addresses, and what became of each. */
export function importRowRoutes(deps: ImportsDeps): Route[] {
	return [...listRoutes(deps), ...tableRoutes(deps)]
}

function listRoutes(deps: ImportsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'subscribers.read' },
			method: 'get',
			path: '/api/v1/imports/{id}/rows',
			summary: 'The rows of an import, with addresses',
			description: 'In the order of the file. They are kept for 30 days after the import is done.',
			params: idParams,
			query: z.strictObject({
				outcome: z.enum(importOutcomes).optional(),
				...pageParams(idCursor, { max: 1_000, usual: 100, describe: 'Rows a page.' }),
			}),
			responses: {
				200: { description: 'A page of them', schema: importRowPage },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, query: { limit, outcome, after }, request }) => {
				const wish = { outcomes: outcome && [outcome], after, limit: limit + 1 }
				const found = await listImportRows(deps, params.id, wish, request.actor)
				const { items, next } = toPage(found, limit, (last) => idCursor.write(last.number))
				const tell = { ...deps, locale: request.locale }
				return { json: { items: items.map((row) => toRowAnswer(row, tell)), next } }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.change' },
			method: 'post',
			path: '/api/v1/imports/{id}/rows/{number}',
			summary: 'Give an unusable row another address',
			description:
				'Before the import runs, so that it is added with the others; after it has run, it is added at once.',
			params: idParams.extend({ number: idParams.shape.id.max(2_000_000_000) }),
			body: z.strictObject({ address: z.string().max(1_000).meta({ example: 'reader@example.org' }) }),
			responses: {
				200: { description: 'The import', schema: importAnswer },
				...describeErrors(400, 401, 404, 409, 422),
			},
			handle: async ({ params, body, request }) => {
				const changed = await correctRow(deps, { ...params, ...body }, request.actor)
				return { json: await toImportAnswer(changed, { ...deps, locale: request.locale }) }
			},
		}),
	]
}

function tableRoutes(deps: ImportsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'subscribers.read' },
			method: 'get',
			path: '/api/v1/imports/{id}/report.csv',
			summary: 'What became of each row, as CSV',
			description:
				'With addresses. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
			params: idParams,
			responses: {
				200: { description: 'A line a row', contentType: 'text/csv' },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) => {
				const rows = await reportImport(deps, params.id, request.actor)
				return {
					parts: writeReport(rows, { ...deps, locale: request.locale }),
					contentType: 'text/csv',
					headers: { 'Content-Disposition': `attachment; filename="import-${params.id}.csv"` },
				}
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.read' },
			method: 'get',
			path: '/api/v1/imports/{id}/unusable.csv',
			summary: 'The rows that can’t be used, as CSV',
			description:
				'In the columns of the file, with `line` and `reason` behind them: correct them, and bring the table as another import. With addresses; formulas are made inert as in the report.',
			params: idParams,
			responses: {
				200: { description: 'A line a row', contentType: 'text/csv' },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) => {
				const found = await rowsToCorrect(deps, params.id, request.actor)
				return {
					parts: writeRowsToCorrect(found, { ...deps, locale: request.locale }),
					contentType: 'text/csv',
					headers: { 'Content-Disposition': `attachment; filename="import-${params.id}-unusable.csv"` },
				}
			},
		}),
	]
}
