import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { displayAddress } from '../kernel/email-address.ts'
import { countEvents, type EventCount, type FaultWords, selectFaultWords } from './store/counts.ts'
import { type BounceEvent, type EventFilter, selectEvents } from './store/events.ts'
import { findRawReport } from './store/reports.ts'

type Deps = { db: Database }
type AuditedDeps = Deps & { clock: Clock }

/** An event with the address of its reader, while there is one. */
export type ListedEvent = Omit<BounceEvent, 'local' | 'subscriberDomain'> & { address: string | null }

/** Events, the newest first, a page at a time: those before `before`. */
export async function listBounces(
	{ db }: Deps,
	filter: EventFilter & { before?: number | undefined; limit: number },
): Promise<ListedEvent[]> {
	return (await selectEvents(db, filter)).map(withAddress)
}

/** Throws `not_found`. */
export async function getBounce({ db }: Deps, id: number): Promise<ListedEvent> {
	const [event] = await selectEvents(db, { id, limit: 1 })
	if (!event) throw new AppError('not_found', 'errors.bounce.not_found', { params: { id } })
	return withAddress(event)
}

function withAddress({ local, subscriberDomain, ...event }: BounceEvent): ListedEvent {
	const known = local !== null && subscriberDomain !== null
	return { ...event, address: known ? displayAddress({ local, domain: subscriberDomain }) : null }
}

/** The report that an event was read from, as it came; that it was read is written down. Throws `not_found`, and `gone` where it is kept no more. */
export async function getRawReport(
	{ db, clock }: AuditedDeps,
	eventId: number,
	actor: Actor,
): Promise<{ via: string; raw: Buffer }> {
	const report = await findRawReport(db, eventId)
	if (!report) {
		await getBounce({ db }, eventId)
		throw new AppError('gone', 'errors.bounce.no_report')
	}
	await recordAudit({ db, clock }, { actor, action: 'read report', subject: `bounce:${eventId}` })
	return report
}

/** How often each thing happened. */
export type BounceCounts = {
	bounces: number
	complaints: number
	delivered: number
	/** Bounces by class. */
	classes: Record<string, number>
}

/** Events that are proven to be about mail of ours, by domain, those with the most first. */
export type CountedDomains = { total: BounceCounts; domains: Array<BounceCounts & { domain: string }> }

const maxDomains = 100

/** What came back of a digest. `total` is that of the domains shown, a hundred at most. */
export async function countBouncesOfDigest({ db }: Deps, digestId: number): Promise<CountedDomains> {
	return sumUp(await countEvents(db, { digestId }, maxDomains))
}

/** What came back in the last days. */
export async function countBouncesByDomain(
	{ db, clock }: Deps & { clock: Clock },
	{ days, limit }: { days: number; limit: number },
): Promise<CountedDomains> {
	return sumUp(await countEvents(db, { since: addDays(clock.now(), -days) }, limit))
}

/** What servers said when they refused us for a fault of our own: of a digest, or between two times. */
export function listFaultWords(
	{ db }: Deps,
	where: { digestId: number } | { from: Date; to: Date },
	limit: number,
): Promise<FaultWords[]> {
	return selectFaultWords(db, where, limit)
}

function sumUp(counts: readonly EventCount[]): CountedDomains {
	const byDomain = Map.groupBy(counts, ({ domain }) => domain)
	const domains = [...byDomain].map(([domain, ofDomain]) => ({ domain, ...sumOf(ofDomain) }))
	domains.sort((a, b) => sizeOf(b) - sizeOf(a) || a.domain.localeCompare(b.domain))
	return { total: sumOf(counts), domains }
}

function sumOf(counts: readonly EventCount[]): BounceCounts {
	const sums: BounceCounts = { bounces: 0, complaints: 0, delivered: 0, classes: {} }
	for (const { kind, class: meant, count } of counts) {
		if (kind === 'complaint') sums.complaints += count
		else if (kind === 'delivered') sums.delivered += count
		else {
			sums.bounces += count
			sums.classes[meant] = (sums.classes[meant] ?? 0) + count
		}
	}
	return sums
}

function sizeOf({ bounces, complaints }: BounceCounts): number {
	return bounces + complaints
}
