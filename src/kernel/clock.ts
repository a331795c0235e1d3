/** Where business code reads the time, so that a test can set it. */
export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

/** Whether a date has a year of 1 to 9999, which databases and ISO 8601 write alike. */
export function isStorableDate(date: Date): boolean {
	const year = date.getUTCFullYear()
	return year >= 1 && year <= 9_999
}

/** `date` plus whole units, as a new Date. */
export function addSeconds(date: Date, seconds: number): Date {
	return new Date(date.getTime() + seconds * 1000)
}

export function addDays(date: Date, days: number): Date {
	return addSeconds(date, days * 86_400)
}
