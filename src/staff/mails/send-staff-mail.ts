import { randomUUID } from 'node:crypto'
import type { MailCatalog } from '../../../emails/catalog.ts'
import type { Installation } from '../../installation/index.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashToken, type Keys, randomToken } from '../../kernel/keys.ts'
import type { Log } from '../../kernel/log.ts'
import type { BuildMessage, Mailer, RenderMail } from '../../kernel/mail.ts'
import { listNewsletters } from '../../newsletters/index.ts'
import { welcomeUrl } from '../members/welcome-url.ts'
import { lockLinkToMail, selectLinksToMail, setLinkToken } from '../store/links.ts'
import { composeStaffMail } from './compose-staff-mail.ts'

export type SendStaffMailDeps = {
	db: Database
	clock: Clock
	keys: Keys
	log: Log
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	mailer: Pick<Mailer, 'send'>
	installation: Pick<Installation, 'findHold'>
	config: { publicUrl: string }
}

/**
 * Mails somebody the link by which they come in, or choose another password. Only here is its token made; what could not be
 * handed to the relay waits and is tried again: it throws. It goes out under the name and look of the first newsletter;
 * where there is none yet, it waits. While sending is held after a restore, so do those that were asked for before: they
 * may have gone out. Whoever asks since then wants to come in now.
 */
export async function sendStaffMail(deps: SendStaffMailDeps, { linkId }: { linkId: number }): Promise<void> {
	const { db, clock, keys, log, installation } = deps
	const [newsletter] = await listNewsletters({ db })
	if (!newsletter) {
		log.warn({ linkId }, 'a mail to staff waits: there is no newsletter whose address it could come from')
		return
	}
	const token = randomToken()
	// asked before the transaction: the embedded database has one at a time
	const hold = await installation.findHold()
	const link = await db.transaction().execute(async (tx) => {
		const found = await lockLinkToMail(tx, linkId, clock.now())
		if (!found || (hold && found.createdAt < hold.since)) return undefined
		await setLinkToken(tx, linkId, hashToken(keys, token))
		return found
	})
	if (!link) return
	try {
		const data = {
			requestUrl: welcomeUrl(deps, token),
			validHours: Math.round((link.expiresAt.getTime() - clock.now().getTime()) / 3_600_000),
		}
		const name = link.kind === 'password' ? 'staff-password' : 'staff-invitation'
		const wanted = { id: randomUUID(), to: link.email, locale: link.locale, name, data } as const
		const message = await composeStaffMail(deps, newsletter, wanted)
		const outcome = await deps.mailer.send({ ...message, kind: 'notice' })
		log.info({ linkId, outcome: outcome.kind }, 'a mail to staff was handed to the relay')
		if (outcome.kind === 'accepted' || outcome.kind === 'in_doubt') return
		throw new Error(`a mail to staff was not taken: ${outcome.kind}`)
	} catch (error) {
		// the token is in no mail: another try makes another
		await setLinkToken(db, linkId, null)
		throw error
	}
}

const lostAfterSeconds = 300

/** Puts jobs back that the queue has lost. */
export async function reconcileStaffMails({
	db,
	clock,
	jobs,
}: {
	db: Database
	clock: Clock
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
}): Promise<void> {
	const now = clock.now()
	for (const linkId of await selectLinksToMail(db, { before: addSeconds(now, -lostAfterSeconds), now })) {
		await jobs.enqueue('send-staff-mail', { linkId }, { dedupe: String(linkId) })
	}
}
