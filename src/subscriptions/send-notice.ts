import type { JobCatalog } from '../jobs/catalog.ts'
import { addSeconds } from '../kernel/clock.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashToken, randomToken } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { Mailer } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import { findSuppression } from '../suppressions/index.ts'
import { type ComposeNoticeDeps, composeNotice, type TakenNotice } from './compose-notice.ts'
import { decideNotice, decideSequel, type NoticeSequel } from './decide-notice.ts'
import {
	addConfirmation,
	beginNotice,
	countNoticesBegun,
	finishNotice,
	lockDueNotice,
	postponeNotice,
} from './store.ts'

export type SendNoticeDeps = ComposeNoticeDeps & {
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	mailer: Pick<Mailer, 'send'>
}

// a job that was put off may come a moment early by the database's clock
const earlySeconds = 1

/**
 * Sends the mail that answers a sign-up, or withholds it. Only here is it decided which mail that is, and only here
 * is the link made. A notice that is not due any more is left alone: the job was only a hint.
 */
export async function sendNotice(deps: SendNoticeDeps, { noticeId }: { noticeId: number }): Promise<void> {
	const notice = await takeNotice(deps, noticeId)
	if (!notice) return
	const log = deps.log.child({ noticeId, kind: notice.kind })
	const message = await composeNotice(deps, notice).catch((error: unknown) => {
		log.error({ err: error }, 'the notice could not be composed')
		return undefined
	})
	const outcome = message
		? await deps.mailer.send({ ...message, kind: 'notice' })
		: ({ kind: 'not_sent', reason: ownReason('not_composed') } as const)
	log.info({ outcome: outcome.kind }, 'notice handed to the relay')
	await conclude(deps, noticeId, decideSequel(outcome, notice.attempts + 1, deps.clock.now()))
}

function takeNotice(
	{ db, clock, keys, config }: SendNoticeDeps,
	id: number,
): Promise<TakenNotice | undefined> {
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		const notice = await lockDueNotice(tx, id)
		if (!notice || notice.dueAt > addSeconds(now, earlySeconds)) return undefined
		const suppression = await findSuppression(tx, notice.addressHash)
		const begunInDay = await countNoticesBegun(tx, notice, addSeconds(now, -86_400))
		const decision = decideNotice({ ...notice, suppression: suppression?.reason, begunInDay })
		if ('withhold' in decision) {
			await finishNotice(tx, { id, state: 'withheld', reply: decision.withhold, now })
			return undefined
		}
		const token = randomToken()
		if (decision.send !== 'already_active') {
			await addConfirmation(tx, {
				tokenHash: hashToken(keys, token),
				subscriptionId: notice.subscriptionId,
				locale: notice.locale,
				now,
				expiresAt: addSeconds(now, config.confirmHours * 3_600),
			})
		}
		await beginNotice(tx, { id, kind: decision.send, now })
		return { ...notice, kind: decision.send, token }
	})
}

async function conclude(
	{ db, clock, jobs }: SendNoticeDeps,
	id: number,
	sequel: NoticeSequel,
): Promise<void> {
	const now = clock.now()
	if ('state' in sequel) {
		await finishNotice(db, { id, now, ...sequel })
		return
	}
	await postponeNotice(db, { id, ...sequel })
	const delayMs = sequel.dueAt.getTime() - now.getTime()
	await jobs.enqueue('send-notice', { noticeId: id }, { delayMs })
}
