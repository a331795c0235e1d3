import { z } from 'zod'
import { correctRow, reportImport, rowsToCorrect } from '../../../subscriptions/index.ts'
import { writeReport, writeRowsToCorrect } from '../../api/imports/write-tables.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { form, onward } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import type { ImportPagesDeps, ImportWish } from './routes.ts'

const one = '/console/imports/{id}'
const idOnly = z.object({ id: z.coerce.number().int().positive() })

export type Show = (
	deps: ImportPagesDeps,
	request: RequestContext,
	id: number,
	wish: ImportWish,
) => Promise<Answer>

/** Correcting the address of a row, the report of all rows, and those that can't be used. */
export function importRowRoutes(deps: ImportPagesDeps, show: Show): Route[] {
	return [correctRoute(deps, show), ...tableRoutes(deps)]
}

function correctRoute(deps: ImportPagesDeps, show: Show): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'subscribers.change' },
		...form,
		...{ method: 'post', path: `${one}/rows/{number}`, summary: 'Give an unusable row another address' },
		params: idOnly.extend({ number: z.coerce.number().int().positive().max(2_000_000_000) }),
		body: z.object({ address: z.string().max(1_000).default('') }),
		responses: onward,
		handle: ({ params: { id, number }, body: { address }, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					await correctRow(deps, { id, number, address }, request.actor)
					return { redirect: `/console/imports/${id}?corrected=yes` }
				},
				(error) => show(deps, request, id, { correcting: { number, address }, error }),
			),
	})
}

function tableRoutes(deps: ImportPagesDeps): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'subscribers.read' },
			...{ method: 'get', path: `${one}/report.csv`, params: idOnly, summary: 'What became of each row' },
			responses: { 200: { description: 'A line a row', contentType: 'text/csv' } },
			handle: async ({ params: { id }, request }) => ({
				parts: writeReport(await reportImport(deps, id, request.actor), {
					messages: deps.messages,
					locale: request.locale,
				}),
				contentType: 'text/csv',
				headers: { 'Content-Disposition': `attachment; filename="import-${id}.csv"` },
			}),
		}),
		defineRoute({
			tag: consoleTag,
			access: { console: 'subscribers.read' },
			...{
				method: 'get',
				path: `${one}/unusable.csv`,
				params: idOnly,
				summary: 'The rows that can’t be used',
			},
			responses: { 200: { description: 'A line a row', contentType: 'text/csv' } },
			handle: async ({ params: { id }, request }) => ({
				parts: writeRowsToCorrect(await rowsToCorrect(deps, id, request.actor), {
					messages: deps.messages,
					locale: request.locale,
				}),
				contentType: 'text/csv',
				headers: { 'Content-Disposition': `attachment; filename="import-${id}-unusable.csv"` },
			}),
		}),
	]
}
