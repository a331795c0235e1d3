import { z } from 'zod'
import { addEvidence, readEvidenceFile, removeEvidence } from '../../../subscriptions/index.ts'
import { toFileAnswer } from '../../api/imports/evidence-routes.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { form, onward } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { readEvidence, typedBody } from './import-input.ts'
import type { ImportPagesDeps } from './routes.ts'
import type { Show } from './row-routes.ts'

const path = '/console/imports/{id}/evidence'
const shared = { tag: consoleTag, params: z.object({ id: z.coerce.number().int().positive() }) } as const
const change = { ...shared, access: { console: 'subscribers.change' }, responses: onward } as const

/** The file that proves consent of an import: brought, taken out, removed. */
export function importEvidenceRoutes(deps: ImportPagesDeps, show: Show): Route[] {
	return [
		defineRoute({
			...change,
			...{ method: 'post', path, summary: 'Keep a file that proves consent' },
			bodyTypes: ['upload'],
			body: typedBody,
			handle: ({ params: { id }, body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await addEvidence(deps, id, [readEvidence(body) ?? Buffer.alloc(0)], request.actor)
						return { redirect: `/console/imports/${id}` }
					},
					(error) => show(deps, request, id, { error }),
				),
		}),
		defineRoute({
			...shared,
			access: { console: 'subscribers.read' },
			...{ method: 'get', path, summary: 'The file that proves consent' },
			responses: { 200: { description: 'Its bytes', contentType: 'application/octet-stream' } },
			handle: async ({ params: { id }, request }) =>
				toFileAnswer(id, await readEvidenceFile(deps, id, request.actor)),
		}),
		defineRoute({
			...change,
			...form,
			...{ method: 'post', path: `${path}/remove`, summary: 'Remove the file that proves consent' },
			body: z.object({}),
			handle: ({ params: { id }, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await removeEvidence(deps, id, request.actor)
						return { redirect: `/console/imports/${id}` }
					},
					(error) => show(deps, request, id, { error }),
				),
		}),
	]
}
