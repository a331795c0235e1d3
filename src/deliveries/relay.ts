import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import type { Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import type { Rate, TokenBuckets } from '../kernel/rate.ts'
import { createOutlet, type Outlet, type Pause, type RelayHold } from './outlet.ts'
import type { DailyCeiling } from './pacing/daily-ceiling.ts'
import { createDomainManners, type DomainManners } from './pacing/domain-manners.ts'
import { createDomainRecovery } from './pacing/domain-recovery.ts'
import { followHolds } from './pacing/follow-holds.ts'
import { createRelayPermits, type RelayPermits } from './pacing/relay-permits.ts'
import { forgetFullDay, keepPause, type PausedPart } from './pacing/store.ts'

export type RelayOptions = {
	/** The first pause after the relay has failed; it doubles up to a minute. */
	pauseMs?: number
	/** How long a lane waits for the relay before it leaves the rest to the reconciler. */
	patienceMs?: number
	/** How fast each relay may go, all processes together. */
	limit?: { buckets: TokenBuckets; rate: Rate }
	/** How many messages may go today, over all relays and processes. */
	ceiling?: DailyCeiling
	/** Is told that a relay refuses our account, once that is written down. */
	onHold?: (hold: RelayHold) => Promise<void>
}

/**
 * The way out as all lanes of a process share it: one relay, or several that share the mail by their weights. It limits
 * how many sends are under way, and how many rows of the ledger may say `sending` (marks): at a crash these are the ones
 * in doubt, so never more than twice the connections. What one relay can't take goes to the others.
 */
export type Relay = {
	readonly connections: number
	readonly patienceMs: number
	/** What single recipient domains want. */
	readonly manners: DomainManners
	canSend(): boolean
	/** Says that messages wait that may not go now: where a speed limit is why, the lanes are called back in time. */
	await(messages: number): void
	/** Signs a message ahead of its turn. Never rejects: what can't be signed is told when it is sent. */
	prepare(message: ReadyMessage): Promise<ReadyMessage>
	send(message: ReadyMessage | Promise<ReadyMessage>): Promise<SendOutcome>
	/** How many marks a lane should hold at most, as many lanes as there are. */
	share(): number
	/** Takes up to `wanted` marks and says how many there were. */
	takeMarks(wanted: number): number
	returnMarks(count: number): void
	/** Why no relay can be had at the moment. */
	pausedFor(): string | undefined
	/** Why none can be had for long: all that there are refuse our account. Looks first whether staff has ended that. */
	findHold(): Promise<string | undefined>
	/** Resolves when the pause is over, the patience is, or the signal is given. */
	untilOpen(signal: AbortSignal): Promise<void>
	/** A lane joins: it is called back after whatever may let it go on. The returned function ends it. */
	join(goOn: () => void): () => void
}

/** What a relay needs; where a database is given, others are shown in it what is paused and why. */
export type RelayDeps = { mailer: Mailer; log: Log; db?: Database }

export function createRelay({ mailer, log, db }: RelayDeps, options: RelayOptions = {}): Relay {
	const shares = shareConnections(mailer)
	const connections = shares.reduce((sum, share) => sum + share.connections, 0)
	const patienceMs = options.patienceMs ?? 30_000
	const lanes = new Set<() => void>()
	let marks = connections * 2

	const notify = () => {
		for (const goOn of lanes) goOn()
	}
	if (db) {
		// the ceiling may be another than the last process had
		forgetFullDay(db).catch((error) => log.warn({ err: error }, 'a pause could not be taken back'))
	}
	const showPause = (part: PausedPart, reason: string, pauseMs: number) => {
		if (!db) return
		// rounded up, so that no minute before its end is shown
		keepPause(db, part, { reason, seconds: Math.ceil(pauseMs / 1_000) }).catch((error) =>
			log.warn({ err: error }, 'a pause could not be written down'),
		)
	}
	let writing: Promise<void> = Promise.resolve()
	const tellHold = (hold: RelayHold) => {
		writing = writing
			.then(async () => {
				const part = { scope: 'relay' as const, name: hold.name }
				if (db) await keepPause(db, part, { ...hold, seconds: Math.ceil(hold.seconds), held: true })
				await options.onHold?.(hold)
			})
			.catch((error) => log.warn({ err: error }, 'a pause could not be written down'))
	}
	const outlets: Outlet[] = shares.map((outlet) =>
		createOutlet({
			...outlet,
			log,
			pauseMs: options.pauseMs,
			permits: options.limit && limitedPermits(options.limit, outlet.name, notify),
			onPause: (reason, pauseMs) => {
				if (pauseMs >= 1_000) showPause({ scope: 'relay', name: outlet.name }, reason, pauseMs)
			},
			onHold: tellHold,
		}),
	)
	const choose = createTurns(outlets)
	let dayIsFull: Pause | undefined
	const daily =
		options.ceiling &&
		dailyPermits(options.ceiling, notify, (pause) => {
			log.warn({ reason: pause.reason }, 'no more is sent today')
			dayIsFull = pause
			showPause({ scope: 'day', name: 'warm-up' }, pause.reason, pause.until - performance.now())
		})
	const follow = async () => {
		await writing
		if (!db) return
		await followHolds(db, outlets).catch((error) =>
			log.warn({ err: error }, 'whether a relay is still held can’t be found out'),
		)
		notify()
	}
	/** While some relay is held and lanes go on with the others, staff may end that. */
	let looking: NodeJS.Timeout | undefined
	const look = () => {
		if (outlets.some((outlet) => outlet.pause()?.held)) void follow()
	}
	/** The pause that ends first, where all relays are paused. */
	const pauseOfAll = (): Pause | undefined => {
		if (dayIsFull && performance.now() < dayIsFull.until) return dayIsFull
		const pauses = outlets.flatMap((outlet) => outlet.pause() ?? [])
		if (pauses.length < outlets.length) return undefined
		return pauses.sort((a, b) => a.until - b.until)[0]
	}

	return {
		connections,
		patienceMs,
		manners: createDomainManners(connections, db && createDomainRecovery(db, log)),
		canSend: () => (daily?.has() ?? true) && outlets.some((outlet) => outlet.canSend()),
		await: (messages) => {
			daily?.fetch(messages)
			for (const outlet of outlets) outlet.await(messages)
		},
		prepare: async (message) => {
			try {
				return (await mailer.prepare?.(message)) ?? message
			} catch {
				return message
			}
		},
		send: async (message) => {
			const outlet = choose()
			if (!outlet) return { kind: 'not_sent', reason: 'no relay is free' }
			daily?.use()
			try {
				return await outlet.send(message)
			} finally {
				notify()
			}
		},
		share: () => Math.max(1, Math.floor((connections * 2) / Math.max(1, lanes.size))),
		takeMarks: (wanted) => {
			const taken = Math.min(wanted, marks)
			marks -= taken
			return taken
		},
		returnMarks: (count) => {
			marks += count
			if (count > 0) notify()
		},
		pausedFor: () => pauseOfAll()?.reason,
		findHold: async () => {
			await follow()
			const pause = pauseOfAll()
			return pause?.held && pause.until - performance.now() > patienceMs ? pause.reason : undefined
		},
		untilOpen: (signal) =>
			new Promise((resolve) => {
				const pause = pauseOfAll()
				const leftMs = (pause?.until ?? 0) - performance.now() + 2
				const waitMs = Math.min(patienceMs, leftMs)
				// a hold of hours is not waited for: the reconciler comes back
				if (signal.aborted || waitMs <= 0 || (pause?.held && leftMs > patienceMs)) return resolve()
				const end = () => {
					clearTimeout(timer)
					signal.removeEventListener('abort', end)
					resolve()
				}
				const timer = setTimeout(end, waitMs)
				signal.addEventListener('abort', end, { once: true })
			}),
		join: (goOn) => {
			lanes.add(goOn)
			looking ??= setInterval(look, 2_000).unref()
			return () => {
				lanes.delete(goOn)
				if (lanes.size > 0) return
				clearInterval(looking)
				looking = undefined
			}
		},
	}
}

/** Permits of one relay's bucket. Unused ones are soon given up: they must not become a burst later. */
function limitedPermits(
	{ buckets, rate }: { buckets: TokenBuckets; rate: Rate },
	name: string,
	onChange: () => void,
): RelayPermits {
	return createRelayPermits({
		take: async (count) => {
			const [grant] = await buckets.take([{ key: `relay:${name}`, rate, count }])
			return grant ?? { granted: 0, waitMs: 1_000 }
		},
		// often enough that the bucket does not run over meanwhile
		leastWaitMs: Math.min(25, Math.max(1, (250 * rate.burst) / rate.perSecond)),
		staleMs: 1_000,
		onChange,
	})
}

/** Permits of the day. When there are no more, nothing is sent until the next begins. */
function dailyPermits(
	ceiling: DailyCeiling,
	onChange: () => void,
	onFull: (pause: Pause) => void,
): RelayPermits {
	return createRelayPermits({
		take: async (count) => {
			const grant = await ceiling.take(count)
			if (grant.granted === 0 && grant.ceiling !== null) {
				const reason = ownReason('day_full', grant.ceiling)
				onFull({ reason, until: performance.now() + grant.waitMs })
			}
			return { granted: grant.granted, waitMs: Math.min(grant.waitMs, 1_000) }
		},
		leastWaitMs: 100,
		staleMs: Number.POSITIVE_INFINITY,
		onChange,
	})
}

/**
 * The relays, each with as many of its connections as its weight is to the greatest: all are in use while a digest is
 * sent, so turns alone would give each relay as much as it takes.
 */
function shareConnections(mailer: Mailer) {
	const outlets = mailer.outlets ?? [{ name: 'relay', weight: 1, mailer }]
	const most = Math.max(...outlets.map(({ weight }) => weight))
	return outlets.map((outlet) => ({
		...outlet,
		connections: Math.max(1, Math.round((outlet.mailer.connections * outlet.weight) / most)),
	}))
}

/** Takes turns by weight among the outlets that can send now, evenly mixed. */
function createTurns(outlets: readonly Outlet[]): () => Outlet | undefined {
	const credits = new Map<Outlet, number>()
	return () => {
		const free = outlets.filter((outlet) => outlet.canSend())
		let chosen: Outlet | undefined
		for (const outlet of free) {
			credits.set(outlet, (credits.get(outlet) ?? 0) + outlet.weight)
			if (!chosen || (credits.get(outlet) ?? 0) > (credits.get(chosen) ?? 0)) chosen = outlet
		}
		const total = free.reduce((sum, { weight }) => sum + weight, 0)
		if (chosen) credits.set(chosen, (credits.get(chosen) ?? 0) - total)
		return chosen
	}
}
