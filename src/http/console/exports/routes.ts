import { z } from 'zod'
import { dataSetNames } from '../../../kernel/data-set-names.ts'
import { answerEverything, answerTable, type ExportDeps } from '../../api/exports/export-answers.ts'
import { type TableFormat, tableFormats } from '../../api/exports/write-table.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { responses, slugOnly } from '../route-parts.ts'

export type ExportPageDeps = FrameDeps & ExportDeps

const shared = { tag: consoleTag, access: { console: 'newsletters.export' }, method: 'get' } as const
const page = '/console/newsletters/{slug}/export'

/** Everything of a newsletter as files: the page that offers them, each table, and all in one archive. */
export function exportPageRoutes(deps: ExportPageDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ path: page, params: slugOnly, summary: 'Everything of a newsletter as files', responses },
			handle: async ({ params, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, params.slug)
				return {
					page: 'console/export',
					locale: request.locale,
					data: {
						frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
						slug: newsletter.slug,
						tables: dataSetNames,
						formats: tableFormats,
					},
				}
			},
		}),
		defineRoute({
			...shared,
			...{ path: `${page}/everything`, params: slugOnly, summary: 'All tables in one archive' },
			query: z.object({ format: z.enum(tableFormats).catch('csv') }),
			responses: { 200: { description: 'The archive', contentType: 'application/zip' } },
			handle: async ({ params, query: { format }, request }) => {
				const { slug } = await findOwnNewsletter(deps, request, params.slug)
				return answerEverything(deps, { slug, format, actor: request.actor, locale: request.locale })
			},
		}),
		...tableFormats.map((format) => tableRoute(deps, format)),
	]
}

function tableRoute(deps: ExportPageDeps, format: TableFormat): Route {
	return defineRoute({
		...shared,
		...{ path: `${page}/{table}.${format}` as const, summary: `A table as ${format.toUpperCase()}` },
		params: slugOnly.extend({ table: z.enum(dataSetNames) }),
		responses: { 200: { description: 'The table', contentType: 'application/octet-stream' } },
		handle: async ({ params, request }) => {
			const { slug } = await findOwnNewsletter(deps, request, params.slug)
			return answerTable(deps, { slug, name: params.table, format, actor: request.actor })
		},
	})
}
