import { z } from 'zod'
import {
	deliveryStates,
	missReasons,
	noticeKinds,
	readerEventKinds,
	rhythms,
	subscriptionSources,
	subscriptionStates,
	suppressionReasons,
	untranslatedRules,
} from '../../../kernel/enumerations.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import type { DigestForReader, Reader } from '../../../subscriptions/index.ts'
import { describeReply } from '../../server/describe-reply.ts'
import { instant } from '../staff-answers.ts'

const state = z.enum(subscriptionStates)

export const foundReader = z.object({
	id: z.int(),
	address: z.string(),
	since: instant,
	subscriptions: z.array(z.object({ newsletter: z.string(), state, locale: z.string() })),
})

export const foundReaders = z.object({
	items: z.array(foundReader),
	more: z.boolean().meta({ description: 'Whether there are more than are shown' }),
})

const subscription = z.object({
	id: z.int(),
	newsletter: z.string(),
	state,
	locale: z.string(),
	since: instant,
	source: z.enum(subscriptionSources).meta({ description: 'How it came' }),
	sourceHost: z.string().nullable().meta({
		description: 'The site that the form stood on; `other` where there are many, null where it did not say',
	}),
	confirmedAt: instant.nullable(),
	unsubscribedAt: instant.nullable(),
	leavingReason: z.string().nullable(),
	leavingComment: z.string().nullable(),
	pausedUntil: instant.nullable(),
	choices: z.object({
		allTopics: z.boolean().meta({
			description: 'All topics and those to come, but for those of `leftOut`; else those of `topics`',
		}),
		topics: z.array(z.string()),
		leftOut: z.array(z.string()),
		untranslated: z.enum(untranslatedRules).nullable().meta({ description: 'Null: the newsletter’s rule' }),
		rhythm: z
			.enum(rhythms)
			.meta({ description: 'Each digest, or the round-up where the newsletter has one' }),
	}),
})

const event = z.object({
	at: instant,
	kind: z.enum(readerEventKinds),
	what: z.string().meta({ description: 'What was done, what became of a mail, or what came back' }),
	newsletter: z.string().nullable(),
	digestId: z.int().nullable(),
	locale: z.string().nullable(),
	page: z.string().nullable().meta({ description: 'Where the person did it' }),
	wording: z.string().nullable().meta({ description: 'What the person agreed to' }),
	wordingVersion: z.int().nullable(),
	ip: z.string().nullable(),
	choices: z.unknown().meta({ description: 'What was chosen, as it stood from then on' }),
	detail: z.string().nullable().meta({ description: 'The words of a relay or a report, or the reason' }),
})

/** Everything of a person, in JSON. */
export const readerAnswer = z.object({
	id: z.int(),
	address: z.string(),
	givenName: z.string().nullable().meta({ description: 'What they wish to be called' }),
	since: instant,
	suppression: z
		.object({ reason: z.enum(suppressionReasons), since: instant })
		.nullable()
		.meta({ description: 'What stands against mailing the address' }),
	subscriptions: z.array(subscription),
	history: z.array(event).meta({ description: 'In the order of time' }),
})

export const digestForReaderAnswer = z.object({
	digestId: z.int(),
	newsletter: z.string(),
	planned: z.boolean(),
	state: z.enum(deliveryStates).nullable(),
	reply: z.string().nullable().meta({ description: 'The words of the relay, or why Envoi sent nothing' }),
	attempts: z.int(),
	at: instant.nullable().meta({ description: 'When the state was reached' }),
	reason: z.enum(missReasons).nullable().meta({ description: 'Why there is no delivery' }),
})

export const readerChanges = z
	.strictObject({
		locale: z.string().max(35).meta({ description: 'The language of the digests.', example: 'fr' }),
		topics: z.array(z.string().max(60)).max(200).meta({ description: 'Only these, by their slugs.' }),
		newTopics: z.boolean().meta({ description: 'Topics to come, too.' }),
		untranslated: z.enum(untranslatedRules),
		rhythm: z.enum(rhythms),
		givenName: z.string().nullable().meta({
			description:
				'What the person wishes to be called, in all newsletters; 60 characters at most. Null, or an empty text, takes it away.',
			example: 'Amina',
		}),
		pausedUntil: z.iso
			.datetime({ offset: true })
			.transform((text) => new Date(text))
			.nullable()
			.meta({ description: 'Nothing comes until then; null ends a pause.', example: '2027-01-15T00:00:00Z' }),
	})
	.partial()
	.meta({ id: 'ReaderChanges' })

export const changedAnswer = z.object({ changed: z.boolean() })

export const leftAnswer = z.object({
	left: z.array(z.string()).meta({ description: 'The newsletters that were left just now' }),
})

export const erasureAnswer = z.object({
	known: z.boolean().meta({ description: 'Whether there was such a person' }),
	erased: z
		.record(z.string(), z.int())
		.meta({ description: 'How many of each kind were deleted, or go on without the person' }),
})

export type FoundReaderAnswer = z.infer<typeof foundReader>
export type FoundReadersAnswer = z.infer<typeof foundReaders>
export type ReaderAnswer = z.infer<typeof readerAnswer>
export type DigestForReaderAnswer = z.infer<typeof digestForReaderAnswer>
export type ErasureAnswer = z.infer<typeof erasureAnswer>

/** A person with what relays and Envoi said in the language of who reads. */
export function toReaderAnswer(reader: Reader, messages: Messages, locale: Locale): Reader {
	const tell = (detail: string | null) => (detail === null ? null : tellDetail(detail, messages, locale))
	return { ...reader, history: reader.history.map((each) => ({ ...each, detail: tell(each.detail) })) }
}

const noticeDetail = new RegExp(`^((?:${noticeKinds.join('|')}): )?(.*)$`, 's')

/** A notice's detail begins with its kind, in front of the reply. */
function tellDetail(detail: string, messages: Messages, locale: Locale): string {
	const [, kind = '', reply = ''] = noticeDetail.exec(detail) ?? []
	return `${kind}${describeReply(messages, locale, reply)}`
}

export function toDigestAnswer(found: DigestForReader, messages: Messages, locale: Locale) {
	const { digestId, newsletter } = found
	if (!found.planned) {
		const nothing = { planned: false, state: null, reply: null, attempts: 0, at: null }
		return { digestId, newsletter, ...nothing, reason: found.reason }
	}
	const { state, attempts, at } = found
	const reply = found.reply === null ? null : describeReply(messages, locale, found.reply)
	return { digestId, newsletter, planned: true, state, reply, attempts, at, reason: null }
}
