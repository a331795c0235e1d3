import { comparableText } from './comparable-text.ts'
import { findNouns, type PhraseSubject, type Span, subjectOf } from './find-subject.ts'
import { knownWordings } from './known-wordings/index.ts'
import { type Meaning, meanings } from './known-wordings/meaning.ts'
import { readReplyCodes } from './read-reply-codes.ts'
import { withoutStandardText } from './without-standard-text.ts'

/** What a reply or the text of a report says, by the known wordings; the strongest meaning where there are several. */
export function findMeaning(text: string): Meaning | undefined {
	const { reason, isReplaced } = withoutStandardText(text)
	const comparable = comparableText(reason)
	const found = comparable === '' ? undefined : meaningOf(comparable, readReplyCodes(text).reply !== '')
	return isReplaced && !found ? 'policy' : found
}

/** Whether a text says one particular thing, whatever else it says. */
export function hasMeaning(text: string, meaning: Meaning): boolean {
	const comparable = comparableText(text)
	const stem = stems.find((known) => known.meaning === meaning)
	if (!stem?.pattern.test(comparable)) return false
	return (
		!aboutAddress.has(meaning) ||
		judgePhrases(stem, comparable, readReplyCodes(text).reply !== '') === meaning
	)
}

type Stem = { meaning: Meaning; pattern: RegExp; each: readonly RegExp[] }

const sentences = patternsOf('sentences')
const stems = patternsOf('replies')

function patternsOf(field: 'sentences' | 'replies'): Stem[] {
	return meanings.flatMap((meaning) => {
		const sources = knownWordings
			.flatMap((known) => known[field]?.[meaning] ?? [])
			.map(({ source }) => `(?:${source})`)
		if (sources.length === 0) return []
		const each = sources.map((source) => new RegExp(source, 'g'))
		return [{ meaning, pattern: new RegExp(sources.join('|')), each }]
	})
}

/** What is said of an address, and with the same words of anything else: these phrases must be about the recipient. */
const aboutAddress: ReadonlySet<Meaning> = new Set([
	'accepts-no-mail',
	'disabled',
	'moved',
	'no-such-user',
	'no-such-domain',
	'user-unknown',
	'said-unknown',
])

/** Meanings that say less than that something of ours is unknown or invalid. */
const vague: ReadonlySet<Meaning> = new Set(['content', 'unreachable', 'policy', 'system', 'expired'])

function meaningOf(text: string, isReply: boolean): Meaning | undefined {
	const sentence = sentences.find(({ pattern }) => pattern.test(text))
	if (sentence) return sentence.meaning
	let ofOthers: Meaning | undefined
	let saidUnknown = false
	const nouns: Nouns = { found: undefined }
	for (const stem of stems) {
		// only a server that refuses is taken at its word so far
		if ((stem.meaning === 'said-unknown' && !isReply) || !stem.pattern.test(text)) continue
		const meaning = aboutAddress.has(stem.meaning) ? judgePhrases(stem, text, isReply, nouns) : stem.meaning
		if (meaning === stem.meaning && !(ofOthers && vague.has(meaning))) return meaning
		if (meaning === 'said-unknown' && !ofOthers) saidUnknown = true
		else ofOthers ??= meaning
	}
	return ofOthers ?? (saidUnknown ? 'said-unknown' : undefined)
}

/** The nouns of a text, once they were looked for. */
type Nouns = { found: ReturnType<typeof findNouns> | undefined }

/** What the phrases of a meaning come to by what they are about: one that is about the recipient decides. */
function judgePhrases(
	{ meaning, each }: Stem,
	text: string,
	isReply: boolean,
	nouns: Nouns = { found: undefined },
): Meaning | undefined {
	nouns.found ??= findNouns(text)
	const found = nouns.found
	const subjects = each.flatMap((pattern) =>
		[...text.matchAll(pattern)]
			.map((match): Span => ({ start: match.index, end: match.index + match[0].length }))
			.filter((span) => !saysHost.has(meaning) || !asksToTryAgain(text.slice(span.start)))
			.map((span) => ({ subject: subjectOf(span, text, found), said: text.slice(span.start, span.end) })),
	)
	const judged = subjects.map(({ subject, said }) =>
		subject === 'unclear' && saysOfPersons.test(said) ? meaning : meaningBySubject(meaning, subject, isReply),
	)
	return judged.find((each) => each === meaning) ?? judged.find((each) => each !== undefined)
}

const saysHost: ReadonlySet<Meaning> = new Set(['no-such-domain', 'said-unknown'])

/** What is said of persons only, by whatever name. */
const saysOfPersons = /\b(?:works?|employed|has left|with (?:us|the|this)|at (?:this|our))\b/

function meaningBySubject(meaning: Meaning, subject: PhraseSubject, isReply: boolean): Meaning | undefined {
	switch (subject) {
		case 'recipient':
		case 'unsaid':
			return meaning === 'said-unknown' ? undefined : meaning
		case 'host-unsaid':
			// who relays speaks of where it could not send to; who refuses, more often of where we come from
			return isReply && meaning !== 'accepts-no-mail' ? 'unknown-host' : meaning
		case 'unclear':
			if (meaning === 'said-unknown') return undefined
			return meaning === 'user-unknown' ? 'said-unknown' : meaning
		case 'sender':
			return 'blocked-sender'
		case 'signature':
			return 'not-authenticated'
		case 'content':
			return 'unwanted-content'
		case 'policy':
			return 'by-policy'
	}
}

function asksToTryAgain(text: string): boolean {
	return /^[^.:]{0,200}(?:\btry(?:ing)? (?:it )?(?:again|later)|temporar)/.test(text)
}
