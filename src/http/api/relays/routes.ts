import { z } from 'zod'
import { resumeRelays } from '../../../deliveries/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Jobs } from '../../../kernel/jobs.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors } from '../staff-answers.ts'
import { type ResumedRelays, resumedRelays } from './relay-answers.ts'

export type RelaysDeps = {
	db: Database
	clock: Clock
	jobs: Pick<Jobs<{ reconcile: Record<string, never> }>, 'enqueue'>
}

/** What staff may do about relays that refuse our account. */
export function relayRoutes(deps: RelaysDeps): Route[] {
	return [
		defineRoute({
			tag: 'Operation',
			access: { permission: 'installation.resume' },
			method: 'post',
			path: '/api/v1/relays/resume',
			summary: 'Try relays again that refuse our account',
			description:
				'A relay that refuses our account – its quota, the sender, its password – is left alone until it may take us again. Once the cause is mended this ends the wait, for all relays or the one that is named. Twice is fine.',
			body: z.strictObject({
				name: z.string().min(1).max(300).optional().meta({ description: 'As `pauses` of a digest names it' }),
			}),
			bodyOptional: true,
			responses: {
				200: { description: 'Those that were held', schema: resumedRelays },
				...describeErrors(400, 401, 422),
			},
			handle: async ({ body, request }) => {
				const resumed = await resumeRelays(deps, body.name, request.actor)
				const json: ResumedRelays = { resumed }
				return { json }
			},
		}),
	]
}
