import { z } from 'zod'
import {
	bounceClasses,
	bounceEventKinds,
	eventEffects,
	proofs,
	recordOutcomes,
	storedReportKinds,
} from '../../../kernel/enumerations.ts'
import { idCursor, pageAnswer, pageParams } from '../../server/paging.ts'
import { instant, whether } from '../staff-answers.ts'

export const bounceEvent = z
	.object({
		id: z.int(),
		via: z.string().meta({ description: 'How it came', example: 'inbound' }),
		kind: z.enum(bounceEventKinds),
		class: z.enum(bounceClasses).meta({ description: 'What the refusal means: docs/bounces.md' }),
		hard: z.boolean().meta({ description: 'Whether the address is proven dead' }),
		status: z.string().meta({ description: 'RFC 3463', example: '5.1.1' }),
		reply: z.string().meta({ description: 'RFC 5321', example: '550' }),
		diagnostic: z.string().meta({ description: 'What the server said, without addresses' }),
		matchedBy: z.enum(proofs).nullable().meta({
			description: 'What proved that it is about mail of ours; null: nothing did, or followed from it',
		}),
		digestId: z.int().nullable(),
		subscriptionId: z.int().nullable(),
		address: z.string().nullable().meta({ description: 'The reader’s, while they are known' }),
		domain: z.string().nullable(),
		effect: z.enum(eventEffects),
		reportId: z.int().nullable(),
		occurredAt: instant,
		recordedAt: instant,
	})
	.meta({ id: 'BounceEvent' })

export const bounceQuery = z.strictObject({
	kind: z.enum(bounceEventKinds).optional(),
	class: z.enum(bounceClasses).optional(),
	digestId: z.coerce.number().int().positive().optional(),
	subscriptionId: z.coerce.number().int().positive().optional(),
	domain: z.string().max(255).toLowerCase().optional(),
	via: z.string().max(50).optional(),
	matched: whether
		.optional()
		.meta({ description: 'Only those that are proven to be about mail of ours, or only the others' }),
	...pageParams(idCursor, { max: 1_000, usual: 100, describe: 'Events a page.' }),
})

export const bouncePage = pageAnswer(bounceEvent)

const counts = {
	bounces: z.int(),
	complaints: z.int(),
	delivered: z.int().meta({ description: 'As far as servers report it: few do' }),
	classes: z.record(z.string(), z.int()).meta({ description: 'Bounces by class' }),
}

export const bounceCounts = z
	.object({
		total: z.object(counts),
		domains: z
			.array(z.object({ domain: z.string(), ...counts }))
			.meta({ description: 'Those with the most first' }),
	})
	.meta({ id: 'BounceCounts' })

export const bounceAlert = z
	.object({
		id: z.int(),
		digestId: z.int().nullable().meta({
			description:
				'null: it is about an hour, of whatever digests, about a relay, about the mailbox of returned mail, or about sign-ups',
		}),
		relay: z.string().nullable().meta({ description: 'The relay that refuses our account, if that is it' }),
		reason: z.string().nullable().meta({ description: 'What that relay said' }),
		events: z.int().meta({
			description:
				'Deliveries that were refused for content, policy or the sender; or, with the class `mailbox`, how often the mailbox could not be read; or, where there are `networks`, sign-ups that were refused or whose mails wait',
		}),
		planned: z.int().nullable().meta({ description: 'Of how many' }),
		classes: z.record(z.string(), z.int()),
		domains: z.record(z.string(), z.int()),
		networks: z.int().nullable().meta({
			description:
				'From how many networks the sign-ups came, where it is about those; its classes then are the caps',
		}),
		raisedAt: instant,
		updatedAt: instant,
		closedAt: instant.nullable(),
	})
	.meta({ id: 'BounceAlert' })

export const replayAnswer = z
	.object({
		kind: z.enum([...storedReportKinds, 'known']),
		results: z.array(
			z.object({
				externalId: z.string(),
				kind: z.enum(recordOutcomes),
				effect: z.enum(eventEffects),
			}),
		),
	})
	.meta({ id: 'ReplayedReport' })

export type ReplayAnswer = z.infer<typeof replayAnswer>
