import { z } from 'zod'
import { rhythms } from '../kernel/enumerations.ts'

const id = z.int().positive()

/** Where a job waits. Mail that a person waits for never queues behind a digest. */
export type QueueName = 'notices' | 'deliveries' | 'bounces' | 'stories' | 'imports' | 'webhooks' | 'upkeep'

type JobDefinition = {
	queue: QueueName
	/** Ids only: job data is stored in clear. */
	payload: z.ZodType
	attempts: number
	/** The first wait before another try; it doubles. */
	backoffMs: number
}

/** Every job there is. What runs it: `workers/processors.ts`. */
export const jobCatalog = {
	'record-signups': { queue: 'notices', payload: z.object({}), attempts: 5, backoffMs: 2_000 },
	'send-notice': { queue: 'notices', payload: z.object({ noticeId: id }), attempts: 5, backoffMs: 2_000 },
	'send-staff-mail': { queue: 'notices', payload: z.object({ linkId: id }), attempts: 5, backoffMs: 2_000 },
	'look-for-occasions': { queue: 'upkeep', payload: z.object({}), attempts: 1, backoffMs: 1_000 },
	'send-occasion-mail': {
		queue: 'notices',
		payload: z.object({ mailId: id }),
		attempts: 5,
		backoffMs: 2_000,
	},
	'plan-digest': { queue: 'upkeep', payload: z.object({ digestId: id }), attempts: 5, backoffMs: 2_000 },
	'run-schedule': {
		queue: 'upkeep',
		payload: z.object({ newsletterId: id, kind: z.enum(rhythms).optional() }),
		attempts: 3,
		backoffMs: 10_000,
	},
	'start-draft': { queue: 'upkeep', payload: z.object({ draftId: id }), attempts: 5, backoffMs: 2_000 },
	'send-digest': {
		queue: 'deliveries',
		payload: z.object({ digestId: id, lane: z.int().min(0) }),
		attempts: 5,
		backoffMs: 2_000,
	},
	'read-report': { queue: 'bounces', payload: z.object({ reportId: id }), attempts: 5, backoffMs: 2_000 },
	'record-refusals': { queue: 'bounces', payload: z.object({ digestId: id }), attempts: 3, backoffMs: 2_000 },
	'poll-source': { queue: 'stories', payload: z.object({ sourceId: id }), attempts: 1, backoffMs: 1_000 },
	'poll-due-sources': { queue: 'stories', payload: z.object({}), attempts: 1, backoffMs: 1_000 },
	'continue-import': { queue: 'imports', payload: z.object({ importId: id }), attempts: 3, backoffMs: 2_000 },
	'deliver-webhooks': {
		queue: 'webhooks',
		payload: z.object({ endpointId: id }),
		attempts: 1,
		backoffMs: 1_000,
	},
	reconcile: { queue: 'upkeep', payload: z.object({}), attempts: 1, backoffMs: 1_000 },
	prune: { queue: 'upkeep', payload: z.object({}), attempts: 3, backoffMs: 60_000 },
} as const satisfies Record<string, JobDefinition>

export type JobName = keyof typeof jobCatalog

/** The payload of each job by name. */
export type JobCatalog = { [Name in JobName]: z.infer<(typeof jobCatalog)[Name]['payload']> }

/** Says that a job is not for this process now: others have so long to take it, or others that wait, before it does. */
export type LeftToOthers = { leftForMs: number }

// biome-ignore lint/suspicious/noConfusingVoidType: most processors have nothing to say at their end
export type JobEnd = LeftToOthers | void

/** What runs each job: a missing one is a compile error. */
export type Processors = { [Name in JobName]: (payload: JobCatalog[Name]) => Promise<JobEnd> }
