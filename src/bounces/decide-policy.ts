import type { BounceClass, BounceEventKind, SuppressionReason } from '../kernel/enumerations.ts'

/** When an address that is not proven dead is given up: all three must be met. */
export type PolicySettings = {
	/** Failures in a row. */
	softInARow: number
	/** Digests that they were of. */
	softDigests: number
	/** Days from the first of them to the last. */
	softDays: number
}

/** What the decision needs of an event that is proven to be about mail of ours. */
export type JudgedEvent = {
	kind: BounceEventKind
	class: BounceClass
	hard: boolean
	status: string
	via: string
	digestId: number
	occurredAt: Date
}

/** What is known of an address beside the event: failures that count (`countsAsFailure`), and what was accepted. */
export type HistoryEntry = { digestId: number; at: Date } & (
	| { outcome: 'failed'; via: string }
	/** `reported`: its server said so in a report. Else our relay took it, and it may still come back. */
	| { outcome: 'accepted'; reported: boolean }
)

export type PolicyDecision =
	| { kind: 'none' }
	| { kind: 'suppress'; reason: SuppressionReason }
	| { kind: 'suppress_and_unsubscribe'; reason: SuppressionReason }
	/** That list only, as by its link, and as easily taken back. */
	| { kind: 'unsubscribe' }
	/** Our own fault: it costs no subscriber, and staff is told where there are many. */
	| { kind: 'watch' }

/** What follows from an event. `history` is in any order and may hold the event itself. */
export function decidePolicy(
	history: readonly HistoryEntry[],
	event: JudgedEvent,
	settings: PolicySettings,
): PolicyDecision {
	switch (event.class) {
		case 'complaint':
			return { kind: 'suppress_and_unsubscribe', reason: 'complaint' }
		case 'content':
		case 'policy':
		case 'sender':
			return event.kind === 'bounce' ? { kind: 'watch' } : { kind: 'none' }
		case 'address':
			if (event.kind === 'bounce' && event.hard) return { kind: 'suppress', reason: 'dead_address' }
			return decideSoft(history, event, settings)
		case 'mailbox-full':
		case 'temporary':
			return decideSoft(history, event, settings)
		case 'unknown':
			return { kind: 'none' }
	}
}

/**
 * What follows from an event that proves no more than the link in it does: a complaint, or the word that the address is
 * dead, ends that list, and nothing else follows from it.
 */
export function decideUnproven(event: Pick<JudgedEvent, 'kind' | 'class' | 'hard'>): PolicyDecision {
	const isComplaint = event.class === 'complaint'
	const isDead = event.kind === 'bounce' && event.class === 'address' && event.hard
	return isComplaint || isDead ? { kind: 'unsubscribe' } : { kind: 'none' }
}

/**
 * What follows from an event of mail to an address that its reader has changed since: a complaint ends the list, and bars that
 * address where it is proven to be from there. That the address is dead is no news.
 */
export function decideFormer(
	event: Pick<JudgedEvent, 'class'>,
	{ isProven }: { isProven: boolean },
): PolicyDecision {
	if (event.class !== 'complaint') return { kind: 'none' }
	return isProven ? { kind: 'suppress_and_unsubscribe', reason: 'complaint' } : { kind: 'unsubscribe' }
}

/**
 * Whether a bounce is one of those that together give an address up. An address that is said to be dead but not proven
 * so is, unless the refusal is one of policy (X.7.X, mail-rules S8).
 */
export function countsAsFailure({
	kind,
	class: meant,
	hard,
	status,
}: Pick<JudgedEvent, 'kind' | 'class' | 'hard' | 'status'>): boolean {
	if (kind !== 'bounce') return false
	if (meant === 'mailbox-full' || meant === 'temporary') return true
	return meant === 'address' && !hard && !/^\d\.7\./.test(status)
}

function decideSoft(
	history: readonly HistoryEntry[],
	event: JudgedEvent,
	settings: PolicySettings,
): PolicyDecision {
	if (!countsAsFailure(event)) return { kind: 'none' }
	const run = failuresInARow(history, event)
	const times = run.map(({ at }) => at.getTime())
	const days = (Math.max(...times) - Math.min(...times)) / dayMs
	const digests = new Set(run.map(({ digestId }) => digestId)).size
	const isGivenUp =
		countOnce(run) >= settings.softInARow && digests >= settings.softDigests && days >= settings.softDays
	return isGivenUp ? { kind: 'suppress', reason: 'mailbox_unusable' } : { kind: 'none' }
}

const dayMs = 86_400_000

/** RFC 5321 §4.5.4.1: a server gives up after 4 to 5 days. What has not come back by then has arrived. */
const mayComeBackMs = 5 * dayMs

type Failure = Extract<HistoryEntry, { outcome: 'failed' }>

/**
 * The failures since the last acceptance. Digests count in the order they were sent, not in that in which reports come
 * back. A digest that was sent after all of the failures may itself still bounce: it ends the row only when it can't any
 * more, or its arrival was reported.
 */
function failuresInARow(history: readonly HistoryEntry[], event: JudgedEvent): Failure[] {
	const own: Failure = { outcome: 'failed', digestId: event.digestId, at: event.occurredAt, via: event.via }
	const failures = history.filter((entry): entry is Failure => entry.outcome === 'failed')
	if (!failures.some((failure) => isSame(failure, own))) failures.push(own)
	const lastFailure = failures.reduce((last, failure) => (isAfter(failure, last) ? failure : last))
	const accepted = history.filter(
		(entry) =>
			entry.outcome === 'accepted' &&
			(entry.reported ||
				isAfter(lastFailure, entry) ||
				event.occurredAt.getTime() - entry.at.getTime() >= mayComeBackMs),
	)
	return failures.filter((failure) => accepted.every((entry) => isAfter(failure, entry)))
}

type Sent = { digestId: number; at: Date }

/** Digests are numbered as they were sent; within one, an attempt after another. */
function isAfter(a: Sent, b: Sent): boolean {
	return a.digestId === b.digestId ? a.at > b.at : a.digestId > b.digestId
}

function isSame(a: Failure, b: Failure): boolean {
	return a.digestId === b.digestId && a.via === b.via && a.at.getTime() === b.at.getTime()
}

/** A failure that two ways tell of, such as a mail and a webhook, counts once. */
function countOnce(failures: readonly Failure[]): number {
	let count = 0
	for (const ofDigest of Map.groupBy(failures, ({ digestId }) => digestId).values()) {
		const byWay = Map.groupBy(ofDigest, ({ via }) => via)
		count += Math.max(...[...byWay.values()].map((told) => told.length))
	}
	return count
}
