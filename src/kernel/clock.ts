/** Where business code reads the time, so that a test can set it. */
export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

/** `date` plus whole units, as a new Date. */
export function addSeconds(date: Date, seconds: number): Date {
	return new Date(date.getTime() + seconds * 1000)
}

export function addDays(date: Date, days: number): Date {
	return addSeconds(date, days * 86_400)
}
