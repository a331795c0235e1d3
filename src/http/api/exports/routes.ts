import { z } from 'zod'
import { dataSetNames } from '../../../kernel/data-set-names.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, slugParams } from '../staff-answers.ts'
import { answerEverything, answerTable, type ExportDeps } from './export-answers.ts'
import { contentTypes, tableFormats } from './write-table.ts'

const shared = { tag: 'Exports', access: { permission: 'newsletters.export' }, method: 'get' } as const

const table = z.enum(dataSetNames).meta({ description: 'What is exported', example: 'readers' })

/** Everything of a newsletter as files, to look at elsewhere or to move with. */
export function exportRoutes(deps: ExportDeps): Route[] {
	return [
		...tableFormats.map((format) =>
			defineRoute({
				...shared,
				path: `/api/v1/newsletters/{slug}/exports/{table}.${format}` as const,
				summary: `A table of a newsletter as ${format.toUpperCase()}, whole`,
				description:
					format === 'csv'
						? 'With addresses. Lists have semicolons between; cells that a spreadsheet would take for a formula begin with an apostrophe. It is made as it is sent; an answer that is cut off is closed without its end. That of readers is taken by the import.'
						: 'With addresses: a list with an object a line. It is made as it is sent; an answer that is cut off is no valid JSON.',
				params: slugParams.extend({ table }),
				responses: {
					200:
						format === 'csv'
							? { description: 'A line a row', contentType: contentTypes[format] }
							: { description: 'An object a row', schema: z.array(z.record(z.string(), z.unknown())) },
					...describeErrors(401, 404, 422),
				},
				handle: ({ params: { slug, table: name }, request }) =>
					answerTable(deps, { slug, name, format, actor: request.actor }),
			}),
		),
		defineRoute({
			...shared,
			path: '/api/v1/newsletters/{slug}/exports.zip',
			summary: 'All tables of a newsletter in one archive',
			description: 'With addresses, and a note that says what each table holds. It is made as it is sent.',
			params: slugParams,
			query: z.strictObject({
				format: z.enum(tableFormats).default('csv').meta({ description: 'Of the tables in it.' }),
			}),
			responses: {
				200: { description: 'The archive', contentType: 'application/zip' },
				...describeErrors(401, 404, 422),
			},
			handle: ({ params: { slug }, query: { format }, request: { actor, locale } }) =>
				answerEverything(deps, { slug, format, actor, locale }),
		}),
	]
}
