import { randomUUID } from 'node:crypto'
import type { MailCatalog } from '../../../emails/catalog.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashToken, type Keys, randomToken } from '../../kernel/keys.ts'
import type { Log } from '../../kernel/log.ts'
import type { BuildMessage, Mailer, ReadyMessage, RenderMail } from '../../kernel/mail.ts'
import { listNewsletters, logoInMail, type Newsletter, textIn } from '../../newsletters/index.ts'
import { welcomeUrl } from '../members/welcome-url.ts'
import { type LinkToMail, lockLinkToMail, selectLinksToMail, setLinkToken } from '../store/links.ts'

export type SendStaffMailDeps = {
	db: Database
	clock: Clock
	keys: Keys
	log: Log
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	mailer: Pick<Mailer, 'send'>
	config: { publicUrl: string }
}

/**
 * Mails somebody the link by which they come in, or choose another password. Only here is its token made; what could not be
 * handed to the relay waits and is tried again: it throws. It goes out under the name and look of the first newsletter;
 * where there is none yet, it waits.
 */
export async function sendStaffMail(deps: SendStaffMailDeps, { linkId }: { linkId: number }): Promise<void> {
	const { db, clock, keys, log } = deps
	const [newsletter] = await listNewsletters({ db })
	if (!newsletter) {
		log.warn({ linkId }, 'a mail to staff waits: there is no newsletter whose address it could come from')
		return
	}
	const token = randomToken()
	const link = await db.transaction().execute(async (tx) => {
		const found = await lockLinkToMail(tx, linkId, clock.now())
		if (found) await setLinkToken(tx, linkId, hashToken(keys, token))
		return found
	})
	if (!link) return
	try {
		const message = await composeMail(deps, newsletter, link, token)
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

async function composeMail(
	deps: SendStaffMailDeps,
	newsletter: Newsletter,
	link: LinkToMail,
	token: string,
): Promise<Pick<ReadyMessage, 'envelope' | 'raw'>> {
	const { name, description, fromName } = textIn(newsletter, link.locale)
	const { colour, postalAddress, contact, fromAddress } = newsletter
	const logo = logoInMail(deps.config, newsletter)
	const publicUrl = `${deps.config.publicUrl}/newsletters/${newsletter.slug}/${link.locale}`
	const mail = await deps.renderMail(
		link.kind === 'password' ? 'staff-password' : 'staff-invitation',
		link.locale,
		{
			newsletter: { name, description, fromName, colour, ...logo, postalAddress, contact, publicUrl },
			requestUrl: welcomeUrl(deps, token),
			validHours: Math.round((link.expiresAt.getTime() - deps.clock.now().getTime()) / 3_600_000),
		},
	)
	const raw = await deps.buildMessage({
		from: { name: fromName, address: fromAddress },
		to: { address: link.email },
		subject: mail.subject,
		date: deps.clock.now(),
		messageId: `<staff.${randomUUID()}@${fromAddress.slice(fromAddress.lastIndexOf('@') + 1)}>`,
		headers: [['Auto-Submitted', 'auto-generated']],
		html: mail.html,
		text: mail.text,
	})
	return { envelope: { from: fromAddress, to: link.email }, raw }
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
