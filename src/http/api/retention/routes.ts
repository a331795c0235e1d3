import { z } from 'zod'
import { dataEnds, dataKinds } from '../../../kernel/enumerations.ts'
import { type ShowRetentionDeps, showRetention } from '../../../retention/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, instant } from '../staff-answers.ts'

export type RetentionDeps = ShowRetentionDeps

/** For how long each kind of data is kept. */
export function retentionRoutes(deps: RetentionDeps): Route[] {
	return [
		defineRoute({
			access: { permission: 'retention.read' },
			method: 'get',
			tag: 'Operation',
			path: '/api/v1/retention',
			summary: 'For how long each kind of data is kept',
			description:
				'And what went the last time, and what is older and goes the next. That happens once a night, wherever workers run.',
			responses: {
				200: { description: 'Every kind of data that is kept', schema: retentionAnswer },
				...describeErrors(401),
			},
			handle: async () => ({ json: { items: await showRetention(deps) } }),
		}),
	]
}

const retentionAnswer = z.object({
	items: z.array(
		z
			.object({
				kind: z.enum(dataKinds).meta({
					description:
						'`readers` and their choices and receipts; `signups` that nobody confirmed; `links` to confirm, after their end; `requests` of readers; `notices`: mails that answered readers; `former_readers`, who left all they had; `receipts` without a person; `deliveries`, counted by digests; `reports` that came back and `bounce_events`, what was read from them; `audit`; `staff`: who works in the console, `staff_sessions` and links of theirs after their end, former versions of `drafts`; `webhook_messages`: what other programs were told; `imports`: files of readers and their rows, after the import is over; `limits`: counters; `captured_mail`, where no relay is set; `suppressions`, by hash; `digests` with their stories and sums.',
					example: 'signups',
				}),
				setting: z.string().nullable().meta({
					description: 'The environment variable that says for how many days; null: it can’t be set',
					example: 'UNCONFIRMED_DAYS',
				}),
				ends: z.enum(dataEnds).meta({
					description:
						'`by_days`, `while_needed`: with what it belongs to; `memory`: with the process, the newest 500; `for_good`: never by itself',
				}),
				days: z
					.int()
					.nullable()
					.meta({ description: 'For how many days; null where it does not end by days' }),
				due: z
					.int()
					.nullable()
					.meta({ description: 'How much is older, and goes the next time; null where it is not counted' }),
				applied: z
					.object({ at: instant, removed: z.int() })
					.nullable()
					.meta({ description: 'When what was older last went, and how much; null: not yet' }),
			})
			.meta({ id: 'KeptData' }),
	),
})

export type RetentionAnswer = z.infer<typeof retentionAnswer>
