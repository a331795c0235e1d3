import { type DeliveryKey, markReturned } from '../deliveries/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { EventEffect } from '../kernel/enumerations.ts'
import { isUnstorable } from '../kernel/is-unstorable.ts'
import type { Keys } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import { valueFromOutside } from '../kernel/text-from-outside.ts'
import { withoutAddresses } from '../refusals/index.ts'
import { endByReport } from '../subscriptions/index.ts'
import { suppress } from '../suppressions/index.ts'
import {
	decideFormer,
	decidePolicy,
	decideUnproven,
	type JudgedEvent,
	type PolicyDecision,
	type PolicySettings,
} from './decide-policy.ts'
import { provesMore } from './judge-proof.ts'
import { keepReport } from './keep-report.ts'
import type { MatchedEvent, ProvenDelivery } from './match-event.ts'
import { matchEvents } from './match-events.ts'
import { readHistory } from './read-history.ts'
import type { RecordResult, ReportedEvent } from './reported-event.ts'
import { completeEvent, insertEvent } from './store/events.ts'
import { findRecipient, lockReader } from './store/recipients.ts'
import { type AlertSettings, watchFaults } from './watch-faults.ts'

export type RecordDeps = {
	db: Database
	clock: Clock
	keys: Keys
	log: Log
	config: { bouncePolicy: PolicySettings & AlertSettings }
}

/**
 * Records events that are each about a message of its own: what a relay or a provider says. `recordMatched` says what
 * follows from them.
 */
export async function recordEvents(
	deps: RecordDeps,
	events: readonly ReportedEvent[],
): Promise<RecordResult[]> {
	return recordMatched(deps, await matchEvents(deps, events.map(valueFromOutside)))
}

/**
 * Records what reports say, each event once, and does what follows from it: writes it into the ledger, suppresses the
 * address, ends the subscription. Events that nothing proves to be about mail of ours are recorded and nothing more.
 * `reportId` is the stored report that they were read from, where there is one; else what they bring as `raw` is stored.
 * Rejects where the database does not answer; then all of them may be given again.
 */
export async function recordMatched(
	deps: RecordDeps,
	events: readonly MatchedEvent[],
	reportId?: number,
): Promise<RecordResult[]> {
	const results: RecordResult[] = []
	const watched = new Set<number>()
	for (const matched of events) {
		const { result, watch } = await recordEvent(deps, matched, reportId).catch((error: unknown) =>
			recordWithoutWords(deps, matched, reportId, error),
		)
		results.push(result)
		if (watch !== undefined) watched.add(watch)
	}
	for (const digestId of watched) await watchFaults(deps, digestId)
	return results
}

/** Words that the database refuses hold up no other event: this one is recorded without them. */
async function recordWithoutWords(
	deps: RecordDeps,
	{ event, delivery }: MatchedEvent,
	reportId: number | undefined,
	error: unknown,
): Promise<Recorded> {
	if (!isUnstorable(error)) throw error
	const { externalId, via } = event
	deps.log.error({ externalId, via, err: error }, 'an event can’t be stored as it is: its words are left out')
	const wordless = { ...event, diagnostic: '', address: undefined, raw: undefined }
	return recordEvent(deps, { event: wordless, delivery }, reportId)
}

type Recorded = {
	result: RecordResult
	/** The digest whose refusals are to be counted. */
	watch?: number
}

async function recordEvent(
	deps: RecordDeps,
	{ event, delivery }: MatchedEvent,
	reportId: number | undefined,
): Promise<Recorded> {
	const recorded = await deps.db.transaction().execute(async (tx) => {
		const { id, ...done } = await recordIn(tx, deps, event, delivery)
		if (id !== undefined) {
			await completeEvent(tx, id, {
				effect: done.result.effect,
				reportId: reportId ?? (await keepRaw(tx, deps, event)),
			})
		}
		return done
	})
	const { kind, effect } = recorded.result
	if (kind !== 'known') {
		const { via, kind: reported, class: meant, hard, status } = event
		const fields = { via, reported, class: meant, hard, status, matchedBy: delivery?.by, ...delivery, effect }
		deps.log.info({ ...fields, by: undefined }, 'a bounce event was recorded')
	}
	return recorded
}

async function recordIn(
	tx: DatabaseOrTransaction,
	deps: RecordDeps,
	event: ReportedEvent,
	delivery: ProvenDelivery | undefined,
): Promise<Recorded & { id?: number }> {
	const { externalId } = event
	const recipient = delivery && (await findRecipient(tx, delivery))
	const reader = recipient?.reader
	if (reader) await lockReader(tx, reader.subscriberId)
	const id = await insertEvent(tx, {
		...event,
		diagnostic: withoutAddresses(event.diagnostic).slice(0, maxDiagnostic),
		matchedBy: delivery?.by ?? null,
		digestId: delivery?.digestId ?? null,
		subscriptionId: delivery?.subscriptionId ?? null,
		addressHash: reader?.addressHash ?? null,
		domain: reader?.domain ?? domainOf(event.address),
		recordedAt: deps.clock.now(),
	})
	if (id === undefined) return { result: { externalId, kind: 'known', effect: 'none' } }
	if (!delivery) return { id, result: { externalId, kind: 'unmatched', effect: 'none' } }
	const isBelieved = provesMore(delivery.by, event)
	// what a link alone proves is no word on a delivery, but for the wish of whoever uses it
	if (isBelieved || event.kind === 'complaint') await markReturnedBy(tx, event, delivery)
	if (!recipient) return { id, result: { externalId, kind: 'recorded', effect: 'none' } }

	const judged = { ...event, digestId: delivery.digestId }
	const decision = recipient.isFormer
		? decideFormer(judged, { isProven: isBelieved && reader !== undefined })
		: await decide(tx, deps, judged, { isBelieved, addressHash: reader?.addressHash })
	const circumstances = { id, event, delivery, addressHash: reader?.addressHash, now: deps.clock.now() }
	const effect = await carryOut(tx, decision, circumstances)
	return {
		id,
		result: { externalId, kind: 'recorded', effect },
		...(decision.kind === 'watch' && { watch: delivery.digestId }),
	}
}

async function decide(
	tx: DatabaseOrTransaction,
	{ config: { bouncePolicy } }: RecordDeps,
	event: JudgedEvent,
	{ isBelieved, addressHash }: { isBelieved: boolean; addressHash: string | undefined },
): Promise<PolicyDecision> {
	if (!isBelieved || addressHash === undefined) return decideUnproven(event)
	const known = await readHistory(tx, addressHash, event, bouncePolicy)
	return known === 'outdated' ? { kind: 'none' } : decidePolicy(known, event, bouncePolicy)
}

const maxDiagnostic = 1_000

async function keepRaw(
	tx: DatabaseOrTransaction,
	{ clock }: RecordDeps,
	{ raw, via, kind }: ReportedEvent,
): Promise<number | null> {
	if (raw === undefined) return null
	const report = { via, raw: Buffer.from(raw), receivedAt: clock.now(), kind }
	return (await keepReport(tx, report)).id
}

/** A report that a person's feedback is not spam, or of somebody's use of our name, changes nothing in the ledger. */
async function markReturnedBy(
	tx: DatabaseOrTransaction,
	event: ReportedEvent,
	delivery: DeliveryKey,
): Promise<void> {
	if (event.kind === 'bounce') await markReturned(tx, delivery, 'bounced')
	else if (event.kind === 'delivered') await markReturned(tx, delivery, 'delivered')
	else if (event.class === 'complaint') await markReturned(tx, delivery, 'complained')
}

type Circumstances = {
	id: number
	event: ReportedEvent
	delivery: DeliveryKey
	addressHash: string | undefined
	now: Date
}

async function carryOut(
	tx: DatabaseOrTransaction,
	decision: PolicyDecision,
	{ id, event, delivery, addressHash, now }: Circumstances,
): Promise<EventEffect> {
	switch (decision.kind) {
		case 'none':
		case 'watch':
			return 'none'
		case 'unsubscribe': {
			const page = event.kind === 'complaint' ? 'complaint' : 'returned mail'
			return (await endByReport(tx, { ...delivery, page, at: now })) ? 'unsubscribed' : 'none'
		}
		case 'suppress':
		case 'suppress_and_unsubscribe': {
			const leaves = decision.kind === 'suppress_and_unsubscribe'
			// in the order in which confirming takes its locks
			const left = leaves && (await endByReport(tx, { ...delivery, page: 'complaint', at: now }))
			if (addressHash === undefined) return left ? 'unsubscribed' : 'none'
			const evidence = `bounce event ${id}: ${[event.class, event.status, event.via].filter(Boolean).join(' ')}`
			const suppressed = await suppress(tx, { addressHash, reason: decision.reason, evidence, at: now })
			if (left) return 'unsubscribed'
			return suppressed ? 'suppressed' : 'none'
		}
	}
}

function domainOf(address: string | undefined): string | null {
	const parsed = address === undefined ? undefined : parseEmailAddress(address)
	return parsed?.ok ? parsed.address.domain : null
}
