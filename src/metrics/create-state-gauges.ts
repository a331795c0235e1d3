import { Gauge, type Registry } from 'prom-client'
import type { QueueState } from '../kernel/job-keeper.ts'
import type { Log } from '../kernel/log.ts'
import { withTimeout } from '../kernel/with-timeout.ts'

/** What is asked of the database and the queues when somebody reads the metrics. */
export type StateReaders = {
	log: Log
	queues(): Promise<readonly QueueState[]>
	digests(): Promise<DigestFigures>
	sources(): Promise<SourceFigures>
	/** What sending leaves alone, by scope. */
	pauses(): Promise<Readonly<Record<string, number>>>
	subscriptions(): Promise<SubscriptionFigures>
}

export type DigestFigures = {
	byState: Readonly<Record<string, number>>
	stalled: number
	/** Of the digests that are not over yet. */
	deliveries: Readonly<Record<string, number>>
	/** Of all digests whose deliveries are kept. */
	inDoubt: number
	/** Seconds since the delivery that has waited longest became due; 0 where none is due. */
	oldestDueSeconds: number
}

/** By newsletter and how people came; `today`: what has happened since midnight, UTC. */
export type SubscriptionFigures = {
	subscriptions: ReadonlyArray<{ newsletter: string; state: string; source: string; count: number }>
	today: ReadonlyArray<{ newsletter: string; kind: string; source: string; count: number }>
}

export type SourceFigures = { byState: Readonly<Record<string, number>>; failing: number }

const readWithinMs = 5_000

/** Gauges of what all processes see alike: each of them gives the same, so take their maximum, not their sum. */
export function createStateGauges(registry: Registry, readers: StateReaders): { refresh(): Promise<void> } {
	const gauge = (name: string, help: string, labelNames: string[] = []) =>
		new Gauge({ name: `envoi_${name}`, help, labelNames, registers: [registry] })
	const unread = gauge('state_unread', '1 where a part did not answer: its figures are missing.', ['part'])
	const parts: Record<string, () => Promise<void>> = {
		queues: fillQueues(gauge, readers.queues),
		digests: fillDigests(gauge, readers.digests),
		sources: fillSources(gauge, readers.sources),
		pauses: fillPauses(gauge, readers.pauses),
		subscriptions: fillSubscriptions(gauge, readers.subscriptions),
	}

	async function refreshPart(part: string, fill: () => Promise<void>): Promise<void> {
		try {
			await withTimeout(fill(), readWithinMs)
			unread.set({ part }, 0)
		} catch (error) {
			readers.log.warn({ part, err: error }, 'the metrics of a part can’t be read')
			unread.set({ part }, 1)
		}
	}

	return {
		refresh: async () => {
			await Promise.all(Object.entries(parts).map(([part, fill]) => refreshPart(part, fill)))
		},
	}
}

type MakeGauge = (name: string, help: string, labelNames?: string[]) => Gauge

function fillQueues(gauge: MakeGauge, read: StateReaders['queues']): () => Promise<void> {
	const jobs = gauge('queue_jobs', 'Jobs by queue and state.', ['queue', 'state'])
	const oldest = gauge('queue_oldest_waiting_seconds', 'How long the oldest waiting job has been due.', [
		'queue',
	])
	return async () => {
		clear(jobs, oldest)
		for (const { queue, oldestWaitingSeconds, ...states } of await read()) {
			for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count)
			oldest.set({ queue }, oldestWaitingSeconds)
		}
	}
}

function fillDigests(gauge: MakeGauge, read: StateReaders['digests']): () => Promise<void> {
	const digests = gauge('digests', 'Digests by state.', ['state'])
	const stalled = gauge(
		'digests_stalled',
		'Digests that have made no progress for 5 minutes though work is due.',
	)
	const deliveries = gauge('open_deliveries', 'Deliveries of the digests that are not over yet, by state.', [
		'state',
	])
	const inDoubt = gauge(
		'in_doubt_deliveries',
		'Deliveries in doubt, also of digests that are over, until staff sends them again.',
	)
	const oldest = gauge('oldest_due_seconds', 'How long the delivery that has waited longest has been due.')
	return async () => {
		clear(digests, stalled, deliveries, inDoubt, oldest)
		const figures = await read()
		for (const [state, count] of Object.entries(figures.byState)) digests.set({ state }, count)
		for (const [state, count] of Object.entries(figures.deliveries)) deliveries.set({ state }, count)
		stalled.set(figures.stalled)
		inDoubt.set(figures.inDoubt)
		oldest.set(figures.oldestDueSeconds)
	}
}

function fillSources(gauge: MakeGauge, read: StateReaders['sources']): () => Promise<void> {
	const sources = gauge('sources', 'Sources of stories by state.', ['state'])
	const failing = gauge('sources_failing', 'Active sources whose last poll failed.')
	return async () => {
		clear(sources, failing)
		const figures = await read()
		for (const [state, count] of Object.entries(figures.byState)) sources.set({ state }, count)
		failing.set(figures.failing)
	}
}

function fillPauses(gauge: MakeGauge, read: StateReaders['pauses']): () => Promise<void> {
	const pauses = gauge(
		'sending_pauses',
		'What sending leaves alone, by scope; pipelining: relays spoken to one command at a time.',
		['scope'],
	)
	return async () => {
		clear(pauses)
		for (const [scope, count] of Object.entries(await read())) pauses.set({ scope }, count)
	}
}

function fillSubscriptions(gauge: MakeGauge, read: StateReaders['subscriptions']): () => Promise<void> {
	const subscriptions = gauge('subscriptions', 'Subscriptions by newsletter, state and how they came.', [
		'newsletter',
		'state',
		'source',
	])
	const events = gauge(
		'subscriber_events_today',
		'Who joined, confirmed, left and the like since midnight UTC, by newsletter and how they came.',
		['newsletter', 'kind', 'source'],
	)
	return async () => {
		clear(subscriptions, events)
		const figures = await read()
		for (const { count, ...labels } of figures.subscriptions) subscriptions.set(labels, count)
		for (const { count, ...labels } of figures.today) events.set(labels, count)
	}
}

/** What can't be read must not stand there as it was. */
function clear(...gauges: Gauge[]): void {
	for (const each of gauges) {
		each.reset()
		each.remove({})
	}
}
