import { findChanges } from '../audit/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { checkTopics, lockNewsletter } from '../newsletters/index.ts'
import { auditSource, checkLocale, enqueuePoll, sourceExists } from './add-source.ts'
import type { SourceUpdate } from './decide-after-poll.ts'
import { getSource } from './find-sources.ts'
import type { Source } from './source.ts'
import type { SourceChanges } from './source-input.ts'
import { deleteSource, updateSource } from './store/sources.ts'
import { deleteUntouchedStories, dissolveLoneGroups, updateUnmailedLocale } from './store/stories.ts'

type Deps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/**
 * Changes a source. A new URL makes it a new source: it is polled at once, and what it holds then is backlog. A source
 * made active again is polled at once. A new language also goes to its stories that were not mailed yet.
 * Throws `not_found`, `invalid` for the language and `conflict` for a URL that the newsletter has.
 */
export async function changeSource(
	deps: Deps,
	{ sourceId, changes }: { sourceId: number; changes: SourceChanges },
	actor: Actor,
): Promise<Source> {
	const { db, clock } = deps
	const { newsletterId } = await getSource(deps, { sourceId })
	if (changes.locale !== undefined) await checkLocale(deps, { newsletterId, locale: changes.locale })
	const isDue = await db.transaction().execute(async (tx) => {
		// against another source with this URL, and against polls
		await lockNewsletter(tx, newsletterId)
		const before = await getSource({ db: tx }, { sourceId })
		await checkTopics(tx, newsletterId, changes.topics, before.topics)
		const isElsewhere = changes.url !== undefined && changes.url !== before.url
		const isRevived = changes.state === 'active' && before.state !== 'active'
		const update: SourceUpdate = {
			...changes,
			...(isElsewhere ? asUnread : {}),
			...(isElsewhere || isRevived ? { ...asHealthy, nextPollAt: clock.now() } : {}),
		}
		if (!(await updateSource(tx, before, update))) throw sourceExists()
		if (changes.locale !== undefined && changes.locale !== before.locale) {
			await updateUnmailedLocale(tx, sourceId, changes.locale)
		}
		const found = findChanges(termsOf(before), termsOf(await getSource({ db: tx }, { sourceId })))
		await auditSource({ db: tx, clock }, actor, 'change', sourceId, found)
		return isElsewhere || isRevived
	})
	const source = await getSource(deps, { sourceId })
	if (isDue && source.state === 'active') await enqueuePoll(deps, sourceId)
	return source
}

/** What staff sets of a source, as the audit log compares it. */
function termsOf({ url, locale, state, topics }: Source): object {
	return { url, locale, state, topics }
}

const asUnread: SourceUpdate = {
	firstReadAt: null,
	etag: null,
	lastModified: null,
	movedTo: null,
	movedTimes: 0,
	unreadDate: null,
}
const asHealthy: SourceUpdate = {
	failures: 0,
	problem: null,
	problemDetail: null,
	failingSince: null,
}

/** Polls a source before it is due. Throws `not_found`, and `conflict` where it is paused or gone. */
export async function pollSourceNow(
	deps: Deps,
	{ sourceId }: { sourceId: number },
	actor: Actor,
): Promise<Source> {
	const source = await getSource(deps, { sourceId })
	if (source.state !== 'active') throw new AppError('conflict', 'errors.source.not_active')
	await deps.db.transaction().execute(async (tx) => {
		await updateSource(tx, source, { nextPollAt: deps.clock.now() })
		await auditSource({ ...deps, db: tx }, actor, 'poll', sourceId)
	})
	await enqueuePoll(deps, sourceId)
	return getSource(deps, { sourceId })
}

/**
 * Removes a source with its stories, but for those that staff edited or a digest has: if the same feed is added again,
 * they are not mailed again. Throws `not_found`.
 */
export async function removeSource(
	{ db, clock }: Pick<Deps, 'db' | 'clock'>,
	{ sourceId }: { sourceId: number },
	actor: Actor,
): Promise<void> {
	const { newsletterId } = await getSource({ db }, { sourceId })
	await db.transaction().execute(async (tx) => {
		// against a digest being made of these stories, and against polls
		await lockNewsletter(tx, newsletterId)
		await deleteUntouchedStories(tx, sourceId)
		await deleteSource(tx, sourceId)
		await dissolveLoneGroups(tx, newsletterId)
		await auditSource({ db: tx, clock }, actor, 'remove', sourceId)
	})
}
