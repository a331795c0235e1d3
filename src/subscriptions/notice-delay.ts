import { randomInt } from 'node:crypto'

/**
 * How long after a sign-up its mail is made: at a random moment, so that what the process does then can't be told from the
 * answers to those who ask right after; and a second at least, in which another click finds it due and mails no more.
 * Undefined where nothing is spread.
 */
export function noticeDelayMs({ noticeSpreadSeconds }: { noticeSpreadSeconds: number }): number | undefined {
	if (noticeSpreadSeconds === 0) return undefined
	return 1_000 + randomInt(Math.round(noticeSpreadSeconds * 1_000))
}
