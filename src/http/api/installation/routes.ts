import { type Installation, resumeAfterRestore } from '../../../installation/index.ts'
import type { Jobs } from '../../../kernel/jobs.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors } from '../staff-answers.ts'
import { installationAnswer } from './installation-answer.ts'

export type InstallationDeps = {
	jobs: Pick<Jobs<{ reconcile: Record<string, never> }>, 'enqueue'>
	installation: Installation
}

const shared = { tag: 'Operation', access: 'staff' } as const
const headers = { 'Cache-Control': 'no-store' }

/** Whether this database may send, and the word of staff that it shall. */
export function installationRoutes(deps: InstallationDeps): Route[] {
	const { installation } = deps
	return [
		defineRoute({
			...shared,
			method: 'get',
			path: '/api/v1/installation',
			summary: 'Whether sending is held after a restore',
			responses: {
				200: { description: 'Since when and why, if it is', schema: installationAnswer },
				...describeErrors(401),
			},
			handle: async () => ({ json: { held: (await installation.findHold()) ?? null }, headers }),
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/api/v1/resume-after-restore',
			summary: 'Let a database that was restored or copied send',
			description:
				'What is due goes out from then on: look first at what the digests of this database say, for a backup does not know what was sent after it. Twice is fine.',
			responses: {
				200: { description: 'Nothing is held any more', schema: installationAnswer },
				...describeErrors(401),
			},
			handle: async ({ request }) => {
				await resumeAfterRestore(deps, request.actor)
				return { json: { held: (await installation.findHold()) ?? null }, headers }
			},
		}),
	]
}
