import type { JobCatalog } from '../jobs/catalog.ts'
import { addSeconds } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { type NoticeKind, requestKinds } from '../kernel/enumerations.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashToken, randomToken } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'
import type { Mailer } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import { findSuppression } from '../suppressions/index.ts'
import { type ComposeNoticeDeps, composeNotice, type TakenNotice } from './compose-notice.ts'
import {
	decideNotice,
	decideOwnNotice,
	decideRequestNotice,
	decideSequel,
	decideWait,
	type NoticeDecision,
	type NoticeSequel,
	noticesPerDay,
	spentMailbox,
} from './decide-notice.ts'
import { findCapOnMail, type SignupLimits } from './limit-signups.ts'
import type { SignupCap, SignupWatch } from './protection/kept-back.ts'
import { setRequestToken } from './requests/store.ts'
import { addConfirmation } from './store/confirmations.ts'
import {
	beginNotice,
	countNoticesBegun,
	type DueNotice,
	deferNotice,
	findDueNotice,
	finishNotice,
	lockDueNotice,
	postponeNotice,
} from './store/notices.ts'

export type SendNoticeDeps = ComposeNoticeDeps & {
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Pick<Limiter, 'take' | 'giveBack'>
	signupWatch: SignupWatch
	mailer: Pick<Mailer, 'send'>
	config: SignupLimits
}

// a job that was put off may come a moment early by the database's clock
const earlySeconds = 1

/**
 * Sends the mail that answers a sign-up, withholds it, or puts it off where a cap on mails is reached. Only here is it
 * decided which mail that is, and only here is the link made. Whatever is decided, the work is the same but for handing it
 * to the relay, so that nobody can tell by what is slow meanwhile (mail-rules T2). A notice that is not due any more is
 * left alone: the job was only a hint.
 */
export async function sendNotice(deps: SendNoticeDeps, { noticeId }: { noticeId: number }): Promise<void> {
	const due = await findDueNotice(deps.db, noticeId)
	if (!due || !isDue(due, deps.clock.now())) return
	const reached = await findCap(deps, due)
	if (reached) noteKeptBack(deps, due, reached)
	if (reached === 'mailbox') return conclude(deps, noticeId, { state: 'withheld', reply: spentMailbox })
	if (reached) return putOff(deps, due)
	const taken = await takeNotice(deps, due)
	if (!taken) return
	const { notice, withheld } = taken
	const log = deps.log.child({ noticeId, kind: notice.kind })
	const message = await composeNotice(deps, notice).catch((error: unknown) => {
		log.error({ err: error }, 'the notice could not be composed')
		return undefined
	})
	if (withheld) return conclude(deps, noticeId, { state: 'withheld', reply: withheld })
	const outcome = message
		? await deps.mailer.send({ ...message, kind: 'notice' })
		: ({ kind: 'not_sent', reason: ownReason('not_composed') } as const)
	log.info({ outcome: outcome.kind }, 'notice handed to the relay')
	await conclude(deps, noticeId, decideSequel(outcome, notice.attempts + 1, deps.clock.now()))
}

function isDue({ dueAt }: DueNotice, now: Date): boolean {
	return dueAt <= addSeconds(now, earlySeconds)
}

async function decide(
	{ clock }: SendNoticeDeps,
	tx: DatabaseOrTransaction,
	notice: DueNotice,
): Promise<NoticeDecision> {
	const suppression = await findSuppression(tx, notice.addressHash)
	const begunInDay = await countNoticesBegun(tx, notice, addSeconds(clock.now(), -86_400))
	const known = { suppression: suppression?.reason, begunInDay }
	const { request, purpose } = notice
	if (request) return decideRequestNotice({ ...known, request })
	return purpose ? decideOwnNotice({ ...notice, ...known, purpose }) : decideNotice({ ...notice, ...known })
}

/** Asked before the notice is taken, as the counters are elsewhere. What a mailbox gets no more of counts for nobody else. */
async function findCap(
	deps: SendNoticeDeps,
	{ address, ...notice }: DueNotice,
): Promise<SignupCap | undefined> {
	const dayAgo = addSeconds(deps.clock.now(), -86_400)
	// word of a changed address is not kept back by what came before
	if (notice.request?.isUsed) return undefined
	if ((await countNoticesBegun(deps.db, notice, dayAgo)) >= noticesPerDay) return 'mailbox'
	// staff chose how many are asked in a day: they keep nobody waiting who signs up
	if (notice.purpose === 'import') return undefined
	// another attempt is the same mail
	if (notice.attempts > 0) return undefined
	return findCapOnMail(deps, { ...notice, domain: address.domain })
}

/** Once for each notice that somebody asked for, however often it is put off. */
function noteKeptBack(
	{ signupWatch }: SendNoticeDeps,
	{ networks, address: { domain }, dueAt, createdAt }: DueNotice,
	cap: SignupCap,
): void {
	if (networks.length > 0 && dueAt <= createdAt) signupWatch.note({ cap, domain, network: networks.at(-1) })
}

async function putOff({ db, clock, jobs }: SendNoticeDeps, { id, createdAt }: DueNotice): Promise<void> {
	const now = clock.now()
	const waitSeconds = decideWait(createdAt, now)
	if (waitSeconds === undefined) {
		await finishNotice(db, { id, state: 'withheld', reply: 'the caps on mails left no room for a day', now })
		return
	}
	await deferNotice(db, id, addSeconds(now, waitSeconds))
	await jobs.enqueue('send-notice', { noticeId: id }, { delayMs: waitSeconds * 1_000 })
}

type Taken = { notice: TakenNotice; withheld: string | undefined }

function takeNotice(deps: SendNoticeDeps, due: DueNotice): Promise<Taken | undefined> {
	const { db, clock, keys, config } = deps
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		const notice = await lockDueNotice(tx, due)
		if (!notice || !isDue(notice, now)) return undefined
		const decision = await decide(deps, tx, notice)
		const kind = 'send' in decision ? decision.send : undefined
		const token = randomToken()
		// a link that no mail holds has ended before it began
		const hours = kind !== undefined && kindsWithLink.has(kind) ? config.confirmHours : 0
		const link = { tokenHash: hashToken(keys, token), expiresAt: addSeconds(now, hours * 3_600) }
		if (notice.request) await keepRequestLink(tx, notice.request, link)
		else {
			const { subscriptionId, locale, wish } = notice
			await addConfirmation(tx, { ...link, subscriptionId, locale, wish, now })
		}
		await beginNotice(tx, { id: notice.id, kind: kind ?? null, now })
		const withheld = 'withhold' in decision ? decision.withhold : undefined
		return { notice: { ...notice, kind: kind ?? 'confirm', token }, withheld }
	})
}

/** The mails whose link is of a token; those of others are signed. */
const kindsWithLink: ReadonlySet<NoticeKind> = new Set([
	'confirm',
	'suppressed',
	'reminder',
	'still_wanted',
	...requestKinds,
])

type Link = { tokenHash: string; expiresAt: Date }

function keepRequestLink(
	tx: DatabaseOrTransaction,
	{ id, isUsed }: { id: number; isUsed: boolean },
	link: Link,
): Promise<void> {
	return setRequestToken(tx, id, isUsed ? { undoTokenHash: link.tokenHash } : link)
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
