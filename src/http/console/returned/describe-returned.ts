import type { ReturnedMail } from '../../../bounces/index.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { describeReply } from '../../server/describe-reply.ts'
import type { FrameDeps } from '../describe-frame.ts'

/** What came back, in words of the string catalogs. */
export type ReturnedRow = Pick<ReturnedMail, 'id' | 'occurredAt' | 'digest' | 'reader' | 'domain'> & {
	/** A word of `console.returns`. */
	meaning: string
	/** What followed: a word of `console.returned.effect`; null where nothing did. */
	effect: 'suppressed' | 'unsubscribed' | null
	words: string
	/** Whether the report as it came can be read. */
	hasReport: boolean
}

type Event = Pick<ReturnedMail, 'kind' | 'class' | 'status' | 'reply' | 'diagnostic'>

export function describeReturned(deps: FrameDeps, locale: Locale, event: ReturnedMail): ReturnedRow {
	const { id, occurredAt, digest, reader, domain, effect, reportId } = event
	return {
		...{ id, occurredAt, digest, reader, domain },
		meaning: meaningOf(event),
		effect: effect === 'none' ? null : effect,
		words: wordsOf(deps, locale, event),
		hasReport: reportId !== null,
	}
}

/** A complaint is one, whatever class its report has. */
export function meaningOf({ kind, class: meant }: Event): string {
	return kind === 'complaint' ? 'complaint' : meant
}

/** What the server said, with its code where the words have none. */
export function wordsOf(
	{ messages }: FrameDeps,
	locale: Locale,
	{ status, reply, diagnostic }: Event,
): string {
	const words = diagnostic && describeReply(messages, locale, diagnostic)
	const codes = [reply, status].filter((code) => code !== '' && !words.includes(code))
	return [...codes, words].join(' ').trim()
}
