import type { MailCatalog, MailNewsletter } from '../../emails/catalog.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import { addSeconds, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { formatAddress } from '../kernel/email-address.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashToken, type Keys, randomToken } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { BuildMessage, Mailer, ReadyMessage, RenderedMail, RenderMail } from '../kernel/mail.ts'
import type { NoticeKind } from '../kernel/tables.ts'
import { findSuppression } from '../suppressions/index.ts'
import { decideNotice, decideSequel, type NoticeSequel } from './decide-notice.ts'
import {
	addConfirmation,
	beginNotice,
	countNoticesBegun,
	type DueNotice,
	finishNotice,
	getSender,
	lockDueNotice,
	postponeNotice,
	type Sender,
} from './store.ts'
import { unsubscribeUrl } from './unsubscribe-url.ts'

type SendNoticeDeps = {
	db: Database
	clock: Clock
	keys: Keys
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	mailer: Pick<Mailer, 'send'>
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	config: { publicUrl: string; confirmHours: number; bounceDomain: string | undefined }
}

/** A notice that was taken, with the token of its link, which exists nowhere else. */
type TakenNotice = DueNotice & { kind: NoticeKind; token: string }

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
		? await deps.mailer.send(message)
		: ({ kind: 'not_sent', reason: 'it could not be composed' } as const)
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

async function composeNotice(deps: SendNoticeDeps, notice: TakenNotice): Promise<ReadyMessage> {
	const sender = await getSender(deps.db, notice)
	const mail = await renderNotice(deps, notice, sender)
	const to = formatAddress(notice.address)
	const raw = await deps.buildMessage({
		from: { name: sender.fromName, address: sender.fromAddress },
		to: { address: to },
		replyTo: sender.replyTo ? { address: sender.replyTo } : undefined,
		subject: mail.subject,
		date: deps.clock.now(),
		messageId: messageIdOf(deps.keys, notice.id, sender.fromAddress),
		// RFC 3834 §5; there is no List-Unsubscribe, as nothing is subscribed yet (mail-rules U14)
		headers: [['Auto-Submitted', 'auto-generated']],
		html: mail.html,
		text: mail.text,
	})
	return { envelope: { from: sender.fromAddress, to }, raw }
}

function renderNotice(
	{ renderMail, keys, config }: SendNoticeDeps,
	notice: TakenNotice,
	sender: Sender,
): Promise<RenderedMail> {
	const newsletter: MailNewsletter = {
		...sender,
		publicUrl: `${config.publicUrl}/newsletters/${sender.slug}/${notice.locale}`,
	}
	const confirmUrl = `${config.publicUrl}/confirm/${notice.token}`
	switch (notice.kind) {
		case 'confirm':
			return renderMail('confirm', notice.locale, { newsletter, confirmUrl, validHours: config.confirmHours })
		case 'suppressed':
			return renderMail('suppressed', notice.locale, {
				newsletter,
				confirmUrl,
				validHours: config.confirmHours,
			})
		case 'already_active':
			return renderMail('already-active', notice.locale, {
				newsletter,
				unsubscribeUrl: unsubscribeUrl({ keys, config }, { ...notice, digestId: 0 }),
			})
	}
}

/** The same for every attempt at a notice, so that one repeated by staff can be told from a new one. */
function messageIdOf(keys: Keys, noticeId: number, fromAddress: string): string {
	const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1)
	return `<${hashToken(keys, `notice ${noticeId}`).slice(0, 22)}@${domain}>`
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
