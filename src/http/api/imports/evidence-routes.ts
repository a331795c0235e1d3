import {
	addEvidence,
	maxEvidenceBytes,
	readEvidenceFile,
	removeEvidence,
} from '../../../subscriptions/index.ts'
import { type Answer, defineRoute, fileBody, type Route } from '../../server/route.ts'
import { describeErrors, idParams } from '../staff-answers.ts'
import { importAnswer, toImportAnswer } from './import-answers.ts'
import type { ImportsDeps } from './routes.ts'

const shared = { tag: 'Imports', path: '/api/v1/imports/{id}/evidence', params: idParams } as const

/** The file that proves why the people of an import may be written to. */
export function evidenceRoutes(deps: ImportsDeps): Route[] {
	return [
		defineRoute({
			...shared,
			access: { permission: 'subscribers.change' },
			method: 'post',
			summary: 'Keep a file that proves consent',
			description:
				'A PDF, PNG, JPEG or WebP of up to 5 MB, as the body or as the file of a form: what it is, its bytes say. It is encrypted, replaces one that is there, and is kept as long as somebody of the import is on record.',
			body: fileBody,
			bodyTypes: ['stream'],
			maxBodyBytes: maxEvidenceBytes + 100_000,
			responses: {
				200: { description: 'The import', schema: importAnswer },
				...describeErrors(400, 401, 404, 413, 422),
			},
			handle: async ({ params, body, request }) => {
				const changed = await addEvidence(deps, params.id, body.content, request.actor)
				return { json: await toImportAnswer(changed, { ...deps, locale: request.locale }) }
			},
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.read' },
			method: 'get',
			summary: 'The file that proves consent',
			responses: {
				200: { description: 'Its bytes', contentType: 'application/octet-stream' },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) =>
				toFileAnswer(params.id, await readEvidenceFile(deps, params.id, request.actor)),
		}),
		defineRoute({
			...shared,
			access: { permission: 'subscribers.change' },
			method: 'delete',
			summary: 'Remove the file that proves consent',
			responses: {
				200: { description: 'The import', schema: importAnswer },
				...describeErrors(401, 404, 422),
			},
			handle: async ({ params, request }) => {
				const changed = await removeEvidence(deps, params.id, request.actor)
				return { json: await toImportAnswer(changed, { ...deps, locale: request.locale }) }
			},
		}),
	]
}

/** Never shown by a browser in our name, whatever its bytes are. */
export function toFileAnswer(
	id: number,
	{ bytes, contentType, extension }: Awaited<ReturnType<typeof readEvidenceFile>>,
): Answer {
	return {
		bytes,
		contentType,
		headers: {
			'Content-Disposition': `attachment; filename="import-${id}-evidence.${extension}"`,
			'X-Content-Type-Options': 'nosniff',
			'Cache-Control': 'no-store',
		},
	}
}
