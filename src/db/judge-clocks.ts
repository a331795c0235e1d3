/** Both clocks at one moment, in milliseconds; the moment is known to half the round trip. */
export type ClockReading = {
	/** What this machine's clock says. */
	ownMs: number
	/** What the database's clock says. */
	databaseMs: number
	/** `performance.now()`, which no setting of a clock moves. */
	monotonicMs: number
	roundTripMs: number
}

// what machines that keep their time differ by, and what no receiver of mail minds
const toleranceMs = 2_000
const alarmingMs = 60_000

/** The reading that says most; undefined where there is none. */
export function closestReading(readings: readonly ClockReading[]): ClockReading | undefined {
	return readings.toSorted((one, other) => one.roundTripMs - other.roundTripMs)[0]
}

/** How far this machine's clock is ahead of the database's; below 0 where it is behind. */
export function secondsAhead({ ownMs, databaseMs }: ClockReading): number {
	return (ownMs - databaseMs) / 1_000
}

/** Whether this machine's clock is to be left for the database's. */
export function isWrong(reading: ClockReading): boolean {
	return differsBy(toleranceMs, reading)
}

/** What is to be told of a reading: a clock that is wrong by a minute, once, and that it is right again, once. */
export function decideNews(toldWrong: boolean, reading: ClockReading): 'wrong' | 'right' | undefined {
	if (toldWrong) return isWrong(reading) ? undefined : 'right'
	return differsBy(alarmingMs, reading) ? 'wrong' : undefined
}

function differsBy(limitMs: number, { ownMs, databaseMs, roundTripMs }: ClockReading): boolean {
	return Math.abs(ownMs - databaseMs) > limitMs + roundTripMs / 2
}
