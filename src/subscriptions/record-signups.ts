import type { JobCatalog } from '../jobs/catalog.ts'
import type { Database } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { noticeDelayMs } from './notice-delay.ts'
import { listWaitingSignups, recordWaitingSignups } from './store/waiting-signups.ts'

export type RecordSignupsDeps = {
	db: Database
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	config: { noticeSpreadSeconds: number }
}

// so many addresses are held until the transaction ends
const atOnce = 100

/**
 * Records the sign-ups that wait, and has their mails sent. New, pending, active, unsubscribed and suppressed addresses run
 * through the very same statements; which mail answers is decided by `sendNotice`, out of sight (mail-rules T2). One that can't be
 * recorded does not keep the others from it: it stays, and is tried again with the next.
 * Throws where some could not be recorded.
 */
export async function recordSignups(deps: RecordSignupsDeps): Promise<void> {
	const errors: unknown[] = []
	let next = { after: 0, most: atOnce }
	for (;;) {
		const ids = await recordNext(deps, next, errors)
		const last = ids.at(-1)
		if (last === undefined || ids.length < atOnce) break
		next = { after: last, most: atOnce }
	}
	if (errors.length > 0) throw new AggregateError(errors, 'not every sign-up could be recorded')
}

/** Gives the ids that it has tried. */
async function recordNext(
	deps: RecordSignupsDeps,
	next: { after: number; most: number },
	errors: unknown[],
): Promise<number[]> {
	try {
		return await recordAndSend(deps, next)
	} catch (error) {
		const ids = await listWaitingSignups(deps.db, next)
		if (ids.length === 0) throw error
		for (const id of ids) {
			await recordAndSend(deps, { after: id - 1, most: 1 }).catch((reason: unknown) => {
				deps.log.error({ err: reason, waitingSignup: id }, 'a sign-up could not be recorded; it is kept')
				errors.push(reason)
			})
		}
		return ids
	}
}

async function recordAndSend(
	{ db, jobs, config }: RecordSignupsDeps,
	next: { after: number; most: number },
): Promise<number[]> {
	const recorded = await recordWaitingSignups(db, next)
	await Promise.all(
		recorded.map(({ noticeId }) =>
			jobs.enqueue('send-notice', { noticeId }, { delayMs: noticeDelayMs(config) }),
		),
	)
	return recorded.map(({ id }) => id)
}
