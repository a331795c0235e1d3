import { z } from 'zod'
import {
	createProgressWatch,
	getDigest,
	liveProgress,
	type ProgressWatch,
	type WatchedProgress,
} from '../../../digests/index.ts'
import type { Database } from '../../../kernel/database.ts'
import { digestStates } from '../../../kernel/enumerations.ts'
import type { Log } from '../../../kernel/log.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import type { ServerEvent } from '../../server/send-events.ts'
import { describeErrors, idParams, instant } from '../staff-answers.ts'
import { deliverySums } from './digest-answers.ts'

export type DigestEventsDeps = { db: Database; log: Log }

const progressEvent = z.object({
	state: z.enum(digestStates),
	...deliverySums,
	rate: z.number().nullable().meta({
		description: 'Deliveries brought to an end a second, over the last 30 seconds; null at first',
	}),
	secondsLeft: z.int().nullable().meta({
		description: 'How long the rest takes at this rate; null where that can’t be said',
	}),
	stalled: z
		.boolean()
		.meta({ description: 'Whether it makes no progress though work is due, for 5 minutes' }),
	stalledSince: instant.nullable(),
})

const { $schema: _, ...dataSchema } = z.toJSONSchema(progressEvent) as { $schema?: string; type: 'object' }

/** An event as the stream carries it: its data is a line of JSON. */
const streamedEvent = z.object({
	event: z.enum(['progress', 'completed', 'cancelled']),
	data: z.string().meta({
		override: { contentMediaType: 'application/json', contentSchema: dataSchema },
	}),
})

export type ProgressEvent = z.infer<typeof progressEvent>

/** How far a digest is, as it happens. All who watch one digest share one look a second. */
export function digestEventRoutes(deps: DigestEventsDeps): Route[] {
	const watch = createProgressWatch({ read: (id) => liveProgress(deps, id), log: deps.log })
	return [
		defineRoute({
			tag: 'Digests',
			access: { permission: 'digests.read' },
			method: 'get',
			path: '/api/v1/digests/{id}/events',
			summary: 'Watch a digest being sent',
			description:
				'Server-sent events: `progress` at once and then about every second while something changes, with a comment every 15 seconds. The last one is named `completed`, or `cancelled`.',
			params: idParams,
			responses: {
				200: {
					description: 'Events, the data of each as JSON',
					contentType: 'text/event-stream',
					schema: streamedEvent,
				},
				...describeErrors(401, 404),
			},
			handle: async ({ params }) => {
				await getDigest(deps, params.id)
				return { events: (signal) => toEvents(watch, params.id, signal) }
			},
		}),
	]
}

async function* toEvents(
	watch: ProgressWatch,
	digestId: number,
	signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
	for await (const progress of watch.follow(digestId, signal)) {
		yield { event: progress.over ? progress.state : 'progress', data: toEvent(progress) }
	}
}

function toEvent({ over: _, stalledSince, ...progress }: WatchedProgress): ProgressEvent {
	return {
		...progress,
		stalled: stalledSince !== null,
		stalledSince: stalledSince?.toISOString() ?? null,
	}
}
