import { z } from 'zod'
import { retryFailedJob } from '../../../installation/index.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { describeSystem, type SystemPageDeps } from './describe-system.ts'

const path = '/console/system'

/** How this Envoi is, and what failed in its queues. */
export function systemPageRoutes(deps: SystemPageDeps): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'installation.read' },
			...{ method: 'get', path, summary: 'System', responses },
			handle: ({ request }) => show(deps, request),
		}),
		defineRoute({
			tag: consoleTag,
			access: { console: 'installation.resume' },
			...form,
			...{ method: 'post', path: `${path}/jobs/{queue}/{id}/retry`, summary: 'Try a failed job again' },
			params: z.object({ queue: z.string().max(50), id: z.string().max(200) }),
			responses: onward,
			body: z.object({}),
			handle: async ({ params, request }) => {
				await retryFailedJob(deps, params, request.actor)
				return { redirect: `${path}#queues` }
			},
		}),
	]
}

async function show(deps: SystemPageDeps, request: RequestContext): Promise<Answer> {
	return {
		page: 'console/system',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { current: 'settings' }),
			...(await describeSystem(deps, request)),
		},
	}
}
