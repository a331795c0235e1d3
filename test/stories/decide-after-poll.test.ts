import { expect, it } from 'vitest'
import type { FetchedFeed } from '../../src/kernel/fetch-feed.ts'
import { decideAfterPoll } from '../../src/stories/decide-after-poll.ts'
import type { Source } from '../../src/stories/source.ts'

const now = new Date('2026-11-24T10:00:00Z')
const source: Source = {
	id: 1,
	newsletterId: 1,
	url: 'https://charity.test/feed',
	locale: 'en',
	topics: [],
	state: 'active',
	includeLatest: 0,
	nextPollAt: now,
	lastPolledAt: null,
	firstReadAt: null,
	failures: 0,
	problem: null,
	failingSince: null,
	problemDetail: null,
	unreadDate: null,
	createdAt: now,
	etag: '"old"',
	lastModified: null,
	movedTo: null,
	movedTimes: 0,
}
const feed = { title: null, locale: null, items: [] }
const read = (movedTo: string | null): FetchedFeed => ({
	kind: 'feed',
	feed,
	validators: { etag: '"new"', lastModified: 'now' },
	movedTo,
})
const minutes = (date: Date | undefined) => ((date?.getTime() ?? 0) - now.getTime()) / 60_000

it('asks again after a quarter of an hour, with the new validators', () => {
	const update = decideAfterPoll({ ...source, failures: 3, problem: 'timeout' }, read(null), now)
	expect(update).toMatchObject({
		etag: '"new"',
		lastModified: 'now',
		failures: 0,
		problem: null,
		firstReadAt: now,
	})
	expect(minutes(update.nextPollAt)).toBe(15)
})

it('keeps the time of the first read, and the validators of an unchanged feed', () => {
	const firstReadAt = new Date('2026-01-01')
	expect(decideAfterPoll({ ...source, firstReadAt }, read(null), now).firstReadAt).toBe(firstReadAt)
	const unchanged = decideAfterPoll({ ...source, firstReadAt }, { kind: 'unchanged', movedTo: null }, now)
	expect(unchanged).toMatchObject({ etag: '"old"', lastModified: null })
	expect(unchanged.firstReadAt).toBeUndefined()
})

it.each([
	[0, 30],
	[1, 60],
	[4, 480],
	[5, 960],
	[6, 24 * 60],
	[1_000, 24 * 60],
])('after %i failures and one more waits %i minutes', (failures, wait) => {
	const update = decideAfterPoll(
		{ ...source, failures },
		{ kind: 'failed', reason: 'timeout', detail: 'slow' },
		now,
	)
	expect(minutes(update.nextPollAt)).toBe(wait)
	expect(update).toMatchObject({ failures: failures + 1, problem: 'timeout', problemDetail: 'slow' })
	expect(update.etag).toBeUndefined()
})

it.each([
	[0, 15],
	[3_600, 60],
	[10_000_000_000, 24 * 60],
])('asked to come back after %i seconds waits %i minutes', (retryAfterSeconds, wait) => {
	const update = decideAfterPoll(source, { kind: 'later', retryAfterSeconds, reason: 'HTTP 429' }, now)
	expect(minutes(update.nextPollAt)).toBe(wait)
	expect(update).toMatchObject({ problem: 'later', problemDetail: 'HTTP 429' })
	expect(update.failures).toBeUndefined()
})

it('does not ask again what is gone', () => {
	expect(decideAfterPoll(source, { kind: 'gone' }, now)).toMatchObject({ state: 'gone', problem: 'gone' })
})

it('moves with a source after three polls in a row that say so', () => {
	const there = 'https://charity.test/new'
	const first = decideAfterPoll(source, read(there), now)
	expect(first).toMatchObject({ movedTo: there, movedTimes: 1 })
	const second = decideAfterPoll(
		{ ...source, movedTo: there, movedTimes: 1 },
		{ kind: 'unchanged', movedTo: there },
		now,
	)
	expect(second).toMatchObject({ movedTimes: 2 })
	expect(second.url).toBeUndefined()
	const seenTwice = { ...source, movedTo: there, movedTimes: 2 }
	expect(decideAfterPoll(seenTwice, read(there), now)).toMatchObject({
		url: there,
		movedTo: null,
		movedTimes: 0,
	})
	expect(decideAfterPoll(seenTwice, read('https://elsewhere.test/'), now)).toMatchObject({ movedTimes: 1 })
	expect(decideAfterPoll(seenTwice, read(null), now)).toMatchObject({ movedTo: null, movedTimes: 0 })
})
