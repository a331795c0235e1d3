import { type findChanges, recordAudit } from '../audit/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { checkTopics, getNewsletter, lockNewsletter } from '../newsletters/index.ts'
import type { Source } from './source.ts'
import type { SourceInput } from './source-input.ts'
import { insertSource } from './store/sources.ts'

type Deps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/**
 * Adds a feed to a newsletter and has it polled at once. Throws `invalid` where the newsletter is not in that language,
 * `conflict` where it has the feed already.
 */
export async function addSource(
	deps: Deps,
	input: SourceInput & { newsletterId: number },
	actor: Actor,
): Promise<Source> {
	await checkLocale(deps, input)
	const source = await deps.db.transaction().execute(async (tx) => {
		// another source may be changing to this URL
		await lockNewsletter(tx, input.newsletterId)
		await checkTopics(tx, input.newsletterId, input.topics)
		const made = await insertSource(tx, {
			newsletterId: input.newsletterId,
			url: input.url,
			locale: input.locale,
			topics: input.topics ?? [],
			includeLatest: input.includeLatest ?? 0,
			createdAt: deps.clock.now(),
		})
		if (!made) throw sourceExists()
		await auditSource({ ...deps, db: tx }, actor, 'create', made.id)
		return made
	})
	await enqueuePoll(deps, source.id)
	return source
}

/** Throws `invalid` for a language that the newsletter does not have: nobody would get the stories. */
export async function checkLocale(
	{ db }: { db: Database },
	{ newsletterId, locale }: { newsletterId: number; locale: string },
): Promise<void> {
	const locales = (await getNewsletter({ db }, { id: newsletterId })).texts.map((text) => text.locale)
	if (!locales.includes(locale)) {
		throw invalidField('locale', 'errors.source.locale', { locales: locales.join(', ') })
	}
}

export function auditSource(
	deps: Parameters<typeof recordAudit>[0],
	actor: Actor,
	action: 'create' | 'change' | 'remove' | 'poll',
	sourceId: number,
	changes?: ReturnType<typeof findChanges>,
): Promise<void> {
	return recordAudit(deps, { actor, action, subject: `source:${sourceId}`, ...(changes && { changes }) })
}

export function sourceExists(): AppError {
	return new AppError('conflict', 'errors.source.exists', {
		fields: [{ field: 'url', message: 'errors.source.exists' }],
	})
}

/** Queues a poll of the source, unless one waits already. */
export function enqueuePoll({ jobs }: Pick<Deps, 'jobs'>, sourceId: number): Promise<void> {
	return jobs.enqueue('poll-source', { sourceId }, { dedupe: `source-${sourceId}` })
}
