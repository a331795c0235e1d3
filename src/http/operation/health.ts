import { z } from 'zod'
import type { Installation } from '../../installation/index.ts'
import { withTimeout } from '../../kernel/with-timeout.ts'
import { heldAnswer } from '../api/installation/installation-answer.ts'
import { defineRoute, type Route } from '../server/route.ts'
import { mailWay, mailWayOf } from './mail-way.ts'

export type HealthDeps = {
	/** What each part must do to be called ready: resolve. */
	checks: Readonly<Record<'database' | 'queue' | 'relay', () => Promise<unknown>>>
	/** Where mail is kept instead of sent. */
	captured: object | undefined
	installation: Pick<Installation, 'findHold'>
}

const checkTimeoutMs = 3_000

const readiness = z.object({
	ready: z.boolean(),
	mail: mailWay,
	checks: z
		.record(z.string(), z.enum(['ok', 'failed']))
		.meta({ description: 'Each part by name; `relay` only where there is one' }),
	held: heldAnswer.optional(),
})

/** `/healthz`: the process answers. `/readyz`: the parts that it needs answer too, each named. */
export function healthRoutes(deps: HealthDeps): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/healthz',
			tag: 'Operation',
			summary: 'Whether the process answers',
			access: 'public',
			responses: { 200: { description: 'It does', schema: z.object({ status: z.literal('ok') }) } },
			handle: () => ({ json: { status: 'ok' }, headers: { 'Cache-Control': 'no-store' } }),
		}),
		defineRoute({
			method: 'get',
			path: '/readyz',
			tag: 'Operation',
			summary: 'Whether the database, the queue and the relay answer',
			access: 'public',
			responses: {
				200: { description: 'All of them do', schema: readiness },
				503: { description: 'One or more do not; the reason is in the log', schema: readiness },
			},
			handle: async ({ request }) => {
				const names = (['database', 'queue', 'relay'] as const).filter(
					(name) => name !== 'relay' || !deps.captured,
				)
				const states = await Promise.all(
					names.map(async (name): Promise<[string, 'ok' | 'failed']> => {
						try {
							await withTimeout(deps.checks[name](), checkTimeoutMs)
							return [name, 'ok']
						} catch (error) {
							request.log.warn({ part: name, err: error }, 'a part is not ready')
							return [name, 'failed']
						}
					}),
				)
				const ready = states.every(([, state]) => state === 'ok')
				// ready while sending is held, too: staff ends the hold through the API
				const held = ready
					? await withTimeout(deps.installation.findHold(), checkTimeoutMs).catch(() => undefined)
					: undefined
				return {
					status: ready ? 200 : 503,
					json: { ready, mail: mailWayOf(deps), checks: Object.fromEntries(states), held },
					headers: { 'Cache-Control': 'no-store' },
				}
			},
		}),
	]
}
