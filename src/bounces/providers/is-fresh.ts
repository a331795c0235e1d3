/** How old what is signed anew for each attempt may be: the tolerance of Standard Webhooks. */
export const maxAgeSeconds = 5 * 60

/** Whether a signed time is not too old, nor further ahead than clocks may differ. */
export function isFresh(signedAt: Date, now: Date, oldestSeconds = maxAgeSeconds): boolean {
	const ageSeconds = (now.getTime() - signedAt.getTime()) / 1_000
	return ageSeconds <= oldestSeconds && ageSeconds >= -maxAgeSeconds
}

/** The time of whole seconds since 1970 as text; an invalid Date, which is never fresh, where it is none. */
export function timeOfSeconds(seconds: string): Date {
	return new Date(/^\d{9,11}$/.test(seconds) ? Number(seconds) * 1_000 : Number.NaN)
}
