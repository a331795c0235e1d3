import { createHash } from 'node:crypto'
import type { EventIdentifiers, ReportedEvent } from '../reported-event.ts'
import { type Category, judgeRefusal } from './judge-refusal.ts'

/** What all events of a provider are made of. */
export type Sighting = {
	provider: string
	/** What together tells the event from all others of this provider; it is stored as a hash, for it may hold an address. */
	id: ReadonlyArray<string | number>
	address: string
	identifiers: EventIdentifiers
	occurredAt: Date
	/** The event as it came. */
	raw: unknown
}

/** A refusal, judged by what the server said and, failing that, by the provider's category. */
export function bounceEvent(
	sighting: Sighting,
	said: { diagnostic: string; status: string },
	category: Category,
): ReportedEvent {
	const diagnostic = said.diagnostic.trim().slice(0, 4_000)
	const status = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(said.status)?.[0] ?? ''
	const verdict = judgeRefusal({ diagnostic, status }, category)
	return { ...common(sighting, 'bounce'), ...verdict, diagnostic: diagnostic.slice(0, 1_000) }
}

/** A person called the message spam. */
export function complaintEvent(sighting: Sighting): ReportedEvent {
	const nothing = { hard: false, status: '', reply: '', diagnostic: '' }
	return { ...common(sighting, 'complaint'), class: 'complaint', ...nothing }
}

/** The recipient's server took the message: there is nothing to look up later. */
export function deliveredEvent(sighting: Sighting): ReportedEvent {
	const nothing = { hard: false, status: '', reply: '', diagnostic: '', raw: undefined }
	return { ...common(sighting, 'delivered'), class: 'unknown', ...nothing }
}

function common(
	{ provider, id, address, identifiers, occurredAt, raw }: Sighting,
	kind: ReportedEvent['kind'],
) {
	const hash = createHash('sha256')
		.update(JSON.stringify([kind, ...id]))
		.digest('base64url')
	return {
		via: `webhook:${provider}` as const,
		externalId: `webhook:${provider}:${hash}`,
		kind,
		address,
		identifiers,
		vouched: true,
		occurredAt,
		raw: typeof raw === 'string' ? raw : JSON.stringify(raw),
	}
}

/** When something happened: ISO 8601, or seconds since 1970. What can't be, and the future, is when we heard of it. */
export function occurrence(time: string | number | undefined, receivedAt: Date): Date {
	const isSeconds = typeof time === 'number' || /^\d+(?:\.\d+)?$/.test(time ?? '')
	const date = new Date(isSeconds ? Number(time) * 1_000 : (time ?? Number.NaN))
	return date.getTime() > 0 && date <= receivedAt ? date : receivedAt
}
