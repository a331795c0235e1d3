import { addSeconds, type Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { FeedItem, FetchedFeed, FetchFeed } from '../kernel/fetch-feed.ts'
import type { Log } from '../kernel/log.ts'
import { lockNewsletter } from '../newsletters/index.ts'
import { decideAfterPoll, MAX_WAIT_SECONDS, POLL_EVERY_SECONDS } from './decide-after-poll.ts'
import { keepStories } from './keep-stories.ts'
import type { Source } from './source.ts'
import { claimDueSource, lockSource, selectDueSources, updateSource } from './store/sources.ts'

type Deps = { db: Database; clock: Clock; fetchFeed: FetchFeed; log: Log }

/**
 * What a poll did. `skipped`: the source was not due, or was changed or removed meanwhile.
 * `fresh` counts stories for the next digest, `backlog` old ones, `edited` those changed in place.
 */
export type PollOutcome =
	| { kind: 'read'; fresh: number; backlog: number; edited: number }
	| { kind: 'unchanged' | 'gone' | 'later' | 'skipped' }
	| { kind: 'failed'; reason: string }

/** After this time the process of a poll is taken for dead, and the source is due again. */
const CLAIM_SECONDS = 10 * 60
const WAITS = { wellSeconds: POLL_EVERY_SECONDS + 60, otherSeconds: MAX_WAIT_SECONDS + 60 }

/** The ids of the sources that are due, longest overdue first. */
export function findDueSources({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number[]> {
	return selectDueSources(db, clock.now(), WAITS, 500)
}

/**
 * Polls a due source and stores its new stories. Of two polls at once one is skipped. A failure is not thrown: staff
 * sees it at the source, and the next poll is planned.
 */
export async function pollSource(deps: Deps, { sourceId }: { sourceId: number }): Promise<PollOutcome> {
	const { db, clock, log } = deps
	const startedAt = clock.now()
	const until = addSeconds(startedAt, CLAIM_SECONDS)
	const source = await claimDueSource(db, sourceId, startedAt, WAITS, until)
	if (!source) return { kind: 'skipped' }

	const fetched = await deps.fetchFeed(source.url, { etag: source.etag, lastModified: source.lastModified })
	const outcome = await db.transaction().execute((tx) => record(tx, source, fetched, clock.now()))
	const fields = { sourceId, newsletterId: source.newsletterId, ...outcome }
	if (outcome.kind === 'failed' || outcome.kind === 'gone') log.warn(fields, 'source could not be read')
	else log.info(fields, 'source polled')
	return outcome
}

async function record(
	tx: DatabaseOrTransaction,
	polled: Source,
	fetched: FetchedFeed,
	now: Date,
): Promise<PollOutcome> {
	// several feeds of a newsletter may have the same story
	await lockNewsletter(tx, polled.newsletterId)
	const source = await lockSource(tx, polled.id)
	if (source?.url !== polled.url || source.state !== 'active') return { kind: 'skipped' }

	await updateSource(tx, source, decideAfterPoll(source, fetched, now))
	if (fetched.kind === 'feed') return readStories(tx, source, fetched.feed.items, now)
	if (fetched.kind === 'failed') return { kind: 'failed', reason: fetched.reason }
	return { kind: fetched.kind }
}

async function readStories(
	tx: DatabaseOrTransaction,
	source: Source,
	items: FeedItem[],
	now: Date,
): Promise<PollOutcome> {
	return { kind: 'read', ...(await keepStories(tx, source, items, now)) }
}
