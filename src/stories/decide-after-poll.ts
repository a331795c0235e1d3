import { addSeconds } from '../kernel/clock.ts'
import type { FeedValidators, FetchedFeed } from '../kernel/fetch-feed.ts'
import type { Source } from './source.ts'

export const POLL_EVERY_SECONDS = 15 * 60
/** The longest wait, after failures and whatever `Retry-After` says. */
export const MAX_WAIT_SECONDS = 24 * 3_600
/** Some permanent redirects are mistakes: one is followed only after this many polls in a row. */
export const MOVES_BEFORE_FOLLOWING = 3

export type SourceUpdate = Partial<Omit<Source, 'id' | 'newsletterId'>>

/** What a poll changes of its source (RFC 9110 §15.4.2, §15.5.11, §10.2.3). */
export function decideAfterPoll(source: Source, fetched: FetchedFeed, now: Date): SourceUpdate {
	const polled = { lastPolledAt: now }
	const failing = { ...polled, failingSince: source.failingSince ?? now }
	const inSeconds = (seconds: number) => addSeconds(now, Math.min(MAX_WAIT_SECONDS, seconds))
	switch (fetched.kind) {
		case 'feed':
			return {
				...polled,
				...success(source, fetched.movedTo, fetched.validators),
				firstReadAt: source.firstReadAt ?? now,
				unreadDate: fetched.feed.items.find((item) => item.unreadDate !== null)?.unreadDate ?? null,
				nextPollAt: inSeconds(POLL_EVERY_SECONDS),
			}
		case 'unchanged':
			return {
				...polled,
				...success(source, fetched.movedTo, { etag: source.etag, lastModified: source.lastModified }),
				nextPollAt: inSeconds(POLL_EVERY_SECONDS),
			}
		case 'gone':
			return {
				...failing,
				state: 'gone',
				problem: 'gone',
				problemDetail: 'HTTP 410',
				failures: source.failures + 1,
			}
		case 'later': {
			const wait = Math.max(POLL_EVERY_SECONDS, fetched.retryAfterSeconds)
			return { ...failing, problem: 'later', problemDetail: fetched.reason, nextPollAt: inSeconds(wait) }
		}
		case 'failed': {
			const failures = source.failures + 1
			const wait = POLL_EVERY_SECONDS * 2 ** Math.min(failures, 10)
			const { reason: problem, detail: problemDetail } = fetched
			return { ...failing, failures, problem, problemDetail, nextPollAt: inSeconds(wait) }
		}
	}
}

function success(source: Source, movedTo: string | null, validators: FeedValidators): SourceUpdate {
	const movedTimes = movedTo === null ? 0 : movedTo === source.movedTo ? source.movedTimes + 1 : 1
	const follows = movedTo !== null && movedTimes >= MOVES_BEFORE_FOLLOWING
	return {
		failures: 0,
		problem: null,
		problemDetail: null,
		failingSince: null,
		...validators,
		...(follows ? { url: movedTo, movedTo: null, movedTimes: 0 } : { movedTo, movedTimes }),
	}
}
