import { latinNouns, otherNouns, type Subject } from './known-wordings/subjects.ts'

/** Where a phrase stands in a text of the form of `comparableText`. */
export type Span = { start: number; end: number }

type Noun = Span & { subject: Subject }

/** `unsaid`: the phrase stands alone; `unclear`: it is about something that is no word of ours. */
export type PhraseSubject = Exclude<Subject, 'host'> | 'host-unsaid' | 'unsaid' | 'unclear'

// signature and content before sender: `spf` and `your message` are more than what they belong to
const order = ['content', 'sender', 'signature', 'policy', 'recipient', 'host'] as const

const latin = patternOf((subject) => latinNouns[subject], '(?<![\\w@-])(?:', ')(?![\\w@-])')
const other = patternOf((subject) => otherNouns[subject], '', '')

function patternOf(wordsOf: (subject: Subject) => readonly string[], before: string, after: string): RegExp {
	const groups = order.map((subject) => `(?<${subject}>${wordsOf(subject).join('|')})`)
	return new RegExp(`${before}${groups.join('|')}${after}`, 'g')
}

/** All words of a text that a phrase can be about. */
export function findNouns(text: string): Noun[] {
	const patterns = /[^\0-\u024f]/.test(text) ? [latin, other] : [latin]
	return patterns
		.flatMap((pattern) => [...text.matchAll(pattern)])
		.flatMap((match) => {
			const subject = order.find((name) => match.groups?.[name] !== undefined)
			return subject ? [{ subject, start: match.index, end: match.index + match[0].length }] : []
		})
		.sort((a, b) => a.start - b.start)
}

/**
 * What a phrase that says “unknown”, “does not exist” and the like is about. Inside the phrase the word next to that
 * saying counts; a phrase without one (`does not exist`) takes it from the words around it.
 */
export function subjectOf(span: Span, text: string, known: readonly Noun[]): PhraseSubject {
	const inside = known.filter((noun) => noun.start < span.end && noun.end > span.start)
	// `your host is not a known user`: it is the host of which that is said
	const isSaidOfAnother = /\b(?:is|are|was|were|be|been)(?: \w{1,12})? $/.test(
		text.slice(Math.max(0, span.start - 30), span.start),
	)
	const other = isSaidOfAnother ? nounBefore(span, text, known) : undefined
	const named = other ?? (inside.length > 0 ? chooseInside(inside, span, text) : undefined)
	if (named === 'unclear') return named
	const noun = named ?? chooseAround(span, text, known)
	if (!noun) return isAlone(span, text) ? 'unsaid' : 'unclear'
	return noun.subject === 'host' ? ownerOfHost(noun, known) : noun.subject
}

/** `unknown user` ends with what it is about, `user … unknown` begins with it or names it last before the verb. */
function chooseInside(inside: readonly Noun[], span: Span, text: string): Noun | 'unclear' | undefined {
	const [first] = inside
	const last = inside.at(-1)
	if (!first || !last) return undefined
	const endsWithNoun = last.end >= span.end && first.start > span.start
	if (!endsWithNoun) return inside.findLast((noun) => noun === first || !isPlace(noun, text)) ?? first
	// `no such certificate for user` is not about the user
	const between = text.slice(span.start, first.start)
	return /\b(?:for|of|by|from|with|against)\b/.test(between) ? 'unclear' : first
}

function nounBefore({ start }: Span, text: string, known: readonly Noun[]): Noun | undefined {
	const clauseStart = lastBreak(text, start)
	return known.findLast((noun) => noun.end <= start && noun.start >= clauseStart && !isPlace(noun, text))
}

/** In its clause the nearest before the phrase, then the next after it, then the nearest of an earlier clause. */
function chooseAround({ start, end }: Span, text: string, known: readonly Noun[]): Noun | undefined {
	const after = known.filter((noun) => noun.start >= end)
	const clauseStart = lastBreak(text, start)
	const clauseEnd = nextBreak(text, end)
	const own = nounBefore({ start, end }, text, known)
	if (own) return own
	const following = after.filter((noun) => noun.end <= clauseEnd)
	const next =
		following.find((noun) => !isPlace(noun, text)) ?? following.find(({ subject }) => subject !== 'host')
	if (next) return next
	// `<>: does not exist` goes on with what stands before; words of the clause itself are a subject of their own
	return hasWords(text.slice(clauseStart, start))
		? undefined
		: known.findLast((noun) => noun.end <= start && !isPlace(noun, text))
}

const clauseBreak = /[.;:!?](?=\s|$)|,\s|\.{3}|\s[-–>]\s|[()]/g

function lastBreak(text: string, before: number): number {
	const breaks = [...text.slice(0, before).matchAll(clauseBreak)]
	const last = breaks.at(-1)
	return last ? last.index + last[0].length : 0
}

function nextBreak(text: string, after: number): number {
	const found = text.slice(after).search(clauseBreak)
	return found < 0 ? text.length : after + found
}

/** `at this host`, `in our list`: where something is looked for, and not what is. */
function isPlace({ start, subject }: Noun, text: string): boolean {
	if (subject === 'recipient') return false
	return /\b(?:in|at|on|within|under|by|dans|sur|auf|bei|im|en|no|na)(?: (?:the|this|that|our|my|its|any|local|le|la|notre|ce|diesem|unserem|este|nuestro))*(?: \w{1,20})? $/.test(
		text.slice(Math.max(0, start - 60), start),
	)
}

/** A host or domain of whom is not said belongs to whom the reply spoke of before. */
function ownerOfHost(host: Noun, known: readonly Noun[]): PhraseSubject {
	const owner = known.findLast(
		({ end, subject }) => end <= host.start && (subject === 'recipient' || subject === 'sender'),
	)
	return owner?.subject === 'recipient' || owner?.subject === 'sender' ? owner.subject : 'host-unsaid'
}

const fillers =
	/\b(?:sorry|the|this|that|error|permanent|failure|is|it|we|said|reply|here|on|at|in|our|server|system|host|smtp|remote)\b|<>/g

function hasWords(text: string): boolean {
	return /[\p{L}]{2}/u.test(text.replace(fillers, ' '))
}

function isAlone({ start, end }: Span, text: string): boolean {
	return (
		!hasWords(text.slice(lastBreak(text, start), start)) && !hasWords(text.slice(end, nextBreak(text, end)))
	)
}
