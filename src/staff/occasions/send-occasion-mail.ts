import { addDays, addSeconds } from '../../kernel/clock.ts'
import { listNewsletters, type Newsletter, textIn } from '../../newsletters/index.ts'
import { composeStaffMail } from '../mails/compose-staff-mail.ts'
import type { SendStaffMailDeps } from '../mails/send-staff-mail.ts'
import {
	claimMail,
	endMail,
	type OccasionMail,
	type Recipient,
	selectRecipients,
} from '../store/occasions.ts'
import { describeOccasion } from './describe-occasion.ts'
import { underWaySeconds } from './look-for-occasions.ts'
import { wantsMail } from './wants-mail.ts'

/** What could not be told for so long is no news. */
const staleDays = 2

/**
 * Mails a member what they are told of, once: not where it has ended meanwhile, or they may or want no more. What could not
 * be handed to the relay is due again, and it throws. After a crash in the middle it goes out again under the same
 * Message-ID, since a mail that is missed is worse here than one that comes twice.
 */
export async function sendOccasionMail(
	deps: SendStaffMailDeps,
	{ mailId }: { mailId: number },
): Promise<void> {
	const { db, clock, log } = deps
	const now = clock.now()
	const mail = await db
		.transaction()
		.execute((tx) => claimMail(tx, mailId, { now, lost: addSeconds(now, -underWaySeconds) }))
	if (!mail) return
	try {
		const message = await compose(deps, mail)
		if (!message) {
			log.info({ mailId, kind: mail.kind }, 'a mail to staff is not sent: nobody needs it any more')
			return await endMail(db, mailId, { state: 'dropped', now: clock.now() })
		}
		const outcome = await deps.mailer.send({ ...message, kind: 'notice' })
		log.info({ mailId, kind: mail.kind, outcome: outcome.kind }, 'a mail to staff was handed to the relay')
		if (outcome.kind !== 'accepted' && outcome.kind !== 'in_doubt')
			throw new Error(`a mail to staff was not taken: ${outcome.kind}`)
	} catch (error) {
		await endMail(db, mailId, { state: 'due', now: clock.now() })
		throw error
	}
	await endMail(db, mailId, { state: 'sent', now: clock.now() })
}

async function compose(deps: SendStaffMailDeps, mail: OccasionMail) {
	if (mail.foundAt < addDays(deps.clock.now(), -staleDays)) return undefined
	const [recipient] = await selectRecipients(deps.db, mail.memberId)
	if (!recipient || !wantsMail(recipient.member, recipient.choices, mail)) return undefined
	const newsletters = await listNewsletters(deps)
	const newsletter = newsletters.find(({ id }) => id === mail.newsletterId) ?? newsletters[0]
	if (!newsletter) return undefined
	return fill(deps, mail, recipient, newsletter)
}

async function fill(
	deps: SendStaffMailDeps,
	mail: OccasionMail,
	{ email, locale }: Recipient,
	newsletter: Newsletter,
) {
	const told = await describeOccasion(deps, mail, { newsletter, locale })
	if (!told) return undefined
	const { publicUrl } = deps.config
	const { name } = textIn(newsletter, locale)
	const data = {
		words: { newsletter: name, ...told.words },
		url: publicUrl + told.path,
		holdUrl: told.holdPath ? publicUrl + told.holdPath : null,
		accountUrl: `${publicUrl}/console/account`,
	}
	const id = `occasion-${mail.id}`
	return composeStaffMail(deps, newsletter, { id, to: email, locale, name: told.mail, data })
}
