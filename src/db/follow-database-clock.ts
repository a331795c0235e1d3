import { sql } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { type ClockReading, closestReading, decideNews, isWrong, secondsAhead } from './judge-clocks.ts'

export type FollowedClock = Clock & {
	/** How far this machine's clock is ahead of the database's; undefined before the first reading. */
	secondsAhead(): number | undefined
	stop(): void
}

const everyMs = 60_000
const roundTrips = 5

/**
 * A clock that says what this machine's does while that agrees with the clock of the database's server, and else what
 * the database's says. It is compared now and each minute until `stop`; a database that does not answer changes nothing.
 */
export async function followDatabaseClock({ db, log }: { db: Database; log: Log }): Promise<FollowedClock> {
	let latest: ClockReading | undefined
	let toldWrong = false
	let toldFailure = false
	let looking: Promise<void> | undefined
	let stopped = false

	const look = async (): Promise<void> => {
		try {
			latest = await readClocks(db)
			const news = decideNews(toldWrong, latest)
			if (news) tell(log, news, secondsAhead(latest))
			if (news) toldWrong = news === 'wrong'
		} catch (error) {
			if (!toldFailure && !stopped) log.warn({ err: error }, 'the clock of the database can’t be read')
			toldFailure = true
		}
	}
	// a database that hangs must not be asked more and more
	const lookOnce = () => {
		looking ??= look().finally(() => {
			looking = undefined
		})
		return looking
	}

	await lookOnce()
	const timer = setInterval(lookOnce, everyMs).unref()
	return {
		now: () => new Date(latest && isWrong(latest) ? databaseNow(latest) : Date.now()),
		secondsAhead: () => latest && secondsAhead(latest),
		stop: () => {
			stopped = true
			clearInterval(timer)
		},
	}
}

/** Counted from a reading by what no clock moves, so that it stays right when this machine's clock is set meanwhile. */
function databaseNow({ databaseMs, monotonicMs }: ClockReading): number {
	return databaseMs + performance.now() - monotonicMs
}

async function readClocks(db: Database): Promise<ClockReading> {
	const readings: ClockReading[] = []
	while (readings.length < roundTrips) readings.push(await readOnce(db))
	const closest = closestReading(readings)
	if (!closest) throw new Error('no reading')
	return closest
}

async function readOnce(db: Database): Promise<ClockReading> {
	const begunAt = performance.now()
	const { rows } = await sql<{ ms: number }>`
		select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db)
	const ownMs = Date.now()
	const endedAt = performance.now()
	const roundTripMs = endedAt - begunAt
	return {
		ownMs: ownMs - roundTripMs / 2,
		databaseMs: rows[0]?.ms ?? Number.NaN,
		monotonicMs: endedAt - roundTripMs / 2,
		roundTripMs,
	}
}

function tell(log: Log, news: 'wrong' | 'right', ahead: number): void {
	const clockAheadSeconds = Math.round(ahead)
	if (news === 'right') {
		log.warn({ clockAheadSeconds }, 'the clock of this machine is right again')
		return
	}
	const difference = `${Math.abs(clockAheadSeconds)} seconds ${ahead > 0 ? 'ahead of' : 'behind'} the database’s`
	log.warn(
		{ clockAheadSeconds },
		`the clock of this machine is ${difference}: set its time, or the database server’s where that is wrong, and keep both right with NTP; Envoi goes by the database’s until then`,
	)
}
