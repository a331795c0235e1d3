import { parseFeedDate } from './parse-feed-date.ts'

/**
 * The seconds that a Retry-After header asks to wait: a number, or an HTTP date (RFC 9110 §10.2.3).
 * Undefined where it says nothing readable; a date that has passed is 0.
 */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
	const text = value?.trim() ?? ''
	if (/^\d{1,10}$/.test(text)) return Number(text)
	const date = parseFeedDate(text)
	return date ? Math.max(0, Math.ceil((date.getTime() - now.getTime()) / 1000)) : undefined
}
