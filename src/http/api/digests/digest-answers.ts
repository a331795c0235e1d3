import { z } from 'zod'
import { type Digest, type DigestProgress, webVersionUrl } from '../../../digests/index.ts'
import { digestStates, digestTriggers, rhythms } from '../../../kernel/enumerations.ts'
import { newsletterLocales, patternInput } from '../../../newsletters/index.ts'
import { mailWay } from '../../operation/mail-way.ts'
import { idCursor, pageAnswer, pageParams } from '../../server/paging.ts'
import { bounceAlert } from '../bounces/bounce-answers.ts'
import { instant } from '../staff-answers.ts'

/** One pattern for all languages, or one for each. */
const given = z.union([
	patternInput,
	z.strictObject(Object.fromEntries(newsletterLocales.map((locale) => [locale, patternInput.optional()]))),
])

export const digestRequestFields = {
	kind: z.enum(rhythms).optional().meta({
		description:
			'Which readers it is for: those who want each digest, as where nothing is said, or those who want the round-up.',
	}),
	storyIds: z.array(z.int().positive()).min(1).max(100).optional().meta({
		description: 'These stories, in this order, instead of the latest; their translations come along.',
	}),
	subject: given.optional().meta({
		description: 'Instead of the newsletter’s pattern: one text, or an object with one for each language.',
	}),
	preheader: given.optional().meta({ description: 'As `subject`.' }),
}

/** What staff may say of the digest that they preview or send. */
export const digestRequest = z.strictObject(digestRequestFields).transform(withoutEmptyLanguages)

type Given = z.output<typeof given> | undefined

/** Drops the languages for which nothing is given. */
export function withoutEmptyLanguages<Wish extends { subject?: Given; preheader?: Given }>(wish: Wish) {
	return { ...wish, subject: withoutGaps(wish.subject), preheader: withoutGaps(wish.preheader) }
}

function withoutGaps(pattern: Given): string | Record<string, string> | undefined {
	if (pattern === undefined || typeof pattern === 'string') return pattern
	return Object.fromEntries(
		Object.entries(pattern).filter((entry): entry is [string, string] => entry[1] !== undefined),
	)
}

const rendition = z.object({
	locale: z.string(),
	subject: z.string(),
	preheader: z.string(),
	droppedStories: z.int().meta({
		description: 'Stories that wait for the next digest, as the mail would be cut off by mail programs',
	}),
})

const leftOut = z
	.array(
		z.object({
			locale: z.string().meta({ description: 'The language of the readers who are not shown them' }),
			reason: z
				.enum(['no_room', 'hidden', 'mailed', 'other_language', 'backlog', 'too_old', 'over_limit'])
				.meta({ description: '`no_room`: mail programs would cut the mail off' }),
			count: z.int(),
			stories: z.array(z.object({ id: z.int(), title: z.string() })).meta({ description: 'The newest 20' }),
		}),
	)
	.meta({ description: 'Stories that are left out, by language and reason' })

export type LeftOutAnswer = z.infer<typeof leftOut>

const audience = z
	.object({
		variants: z
			.array(
				z.object({
					locale: z.string(),
					readers: z.int().min(1),
					stories: z.array(z.object({ id: z.int(), title: z.string() })),
				}),
			)
			.meta({
				description: 'What readers of the same choices get, and how many they are; most readers first',
			}),
		excluded: z.record(z.string(), z.int()).meta({ description: 'How many get nothing, by reason' }),
	})
	.meta({ description: 'Who would get what now' })

export const previewAnswer = z.object({
	audience,
	leftOut: leftOut.optional(),
	missing: z
		.array(z.enum(['postalAddress', 'contact']))
		.optional()
		.meta({ description: 'What the newsletter lacks before a digest can be sent' }),
	renditions: z.array(
		rendition.extend({
			html: z.string(),
			text: z.string(),
			htmlBytes: z.int(),
			stories: z.array(
				z.object({ id: z.int(), locale: z.string(), title: z.string(), link: z.string().nullable() }),
			),
		}),
	),
})

export const digestAnswer = z
	.object({
		id: z.int(),
		kind: z.enum(rhythms).meta({ description: 'Which readers it is for' }),
		letter: z.boolean().meta({
			description: 'Whether it holds no story of a feed, only what staff wrote',
		}),
		state: z.enum(digestStates),
		trigger: z.enum(digestTriggers),
		renditions: z.array(
			rendition.extend({
				storyCount: z.int(),
				webUrl: z.string().meta({ description: '“View in browser”' }),
			}),
		),
		createdAt: instant,
		plannedAt: instant.nullable(),
		completedAt: instant.nullable(),
	})
	.meta({ id: 'Digest' })

export const triggeredAnswer = z.object({
	kind: z.enum(['created', 'existing', 'nothing_new']).meta({
		description: '`existing`: this Idempotency-Key has sent it before',
	}),
	digest: digestAnswer.optional(),
	leftOut: leftOut.optional(),
})

export const digestQuery = z.strictObject({
	...pageParams(idCursor, { max: 100, usual: 50, describe: 'Digests a page.' }),
})

export const digestPage = pageAnswer(digestAnswer)

const count = z.int().min(0)

/** How many deliveries of a digest are in each state. */
export const deliverySums = {
	planned: count,
	accepted: count,
	refused: count,
	inDoubt: count,
	due: count.meta({ description: 'Still to be sent or tried again; `sending` of them are under way' }),
	sending: count,
	bounced: count,
	complained: count,
}

export const progressAnswer = digestAnswer
	.extend({
		counts: z.object({
			candidates: count,
			excluded: z.record(z.string(), count).meta({ description: 'By reason' }),
			...deliverySums,
		}),
		balanced: z.boolean().meta({ description: 'Whether the sums come out right' }),
		pauses: z
			.array(
				z.object({
					scope: z.enum(['relay', 'domain', 'day', 'pipelining']).meta({
						description:
							'`day`: the ceiling of a warm-up is reached. `pipelining`: no pause; the relay does not keep to what it offers, and is spoken to one command at a time',
					}),
					name: z.string(),
					reason: z.string(),
					until: instant,
					held: z.boolean().meta({
						description: 'A relay that refuses our account: `POST /relays/resume` tries it again at once',
					}),
				}),
			)
			.optional()
			.meta({ description: 'What sending leaves alone at the moment, while the digest is being sent' }),
		mail: mailWay.optional(),
		alert: bounceAlert
			.nullable()
			.optional()
			.meta({ description: 'Too many refusals of our own making, until staff closes it' }),
		stalled: z
			.boolean()
			.meta({ description: 'Whether it makes no progress though work is due, for 5 minutes' }),
		stalledSince: instant.nullable(),
	})
	.meta({ id: 'DigestProgress' })

export const resendAnswer = progressAnswer.extend({
	resent: z.object({
		planned: count,
		leftOut: count.meta({ description: 'They have unsubscribed, paused or been suppressed meanwhile' }),
	}),
})

export type PreviewAnswer = z.infer<typeof previewAnswer>
export type DigestAnswer = z.infer<typeof digestAnswer>
export type TriggeredAnswer = z.infer<typeof triggeredAnswer>
export type ProgressAnswer = z.infer<typeof progressAnswer>
export type ResendAnswer = z.infer<typeof resendAnswer>

/** A digest as answers give it, with the addresses of its pages on the web. */
export function digestToAnswer(digest: Digest, publicUrl: string) {
	return {
		id: digest.id,
		kind: digest.kind,
		letter: digest.isLetter,
		state: digest.state,
		trigger: digest.trigger,
		renditions: digest.renditions.map(({ key, ...each }) => ({
			...each,
			webUrl: webVersionUrl({ publicUrl }, digest.publicId, { ...each, key }),
		})),
		createdAt: digest.createdAt,
		plannedAt: digest.plannedAt,
		completedAt: digest.completedAt,
	}
}

/** A digest with its sums as answers give it. */
export function progressToAnswer(
	{ digest, balanced, stalledSince, ...counts }: DigestProgress,
	publicUrl: string,
) {
	const stall = { stalled: stalledSince !== null, stalledSince }
	return { ...digestToAnswer(digest, publicUrl), counts, balanced, ...stall }
}
