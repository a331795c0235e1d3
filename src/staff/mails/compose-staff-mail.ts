import type { MailCatalog, MailNewsletter } from '../../../emails/catalog.ts'
import type { ReadyMessage } from '../../kernel/mail.ts'
import type { Locale } from '../../kernel/messages.ts'
import { logoInMail, type Newsletter, textIn } from '../../newsletters/index.ts'
import type { SendStaffMailDeps } from './send-staff-mail.ts'

type StaffMails = { [Name in keyof MailCatalog & `staff-${string}`]: Omit<MailCatalog[Name], 'newsletter'> }

type Wanted<Name extends keyof StaffMails> = {
	/** What tells the message from others: the same is the same message. */
	id: string
	to: string
	locale: Locale
	name: Name
	data: StaffMails[Name]
}

/** A mail to a member of staff, under the name and look of a newsletter. */
export async function composeStaffMail<Name extends keyof StaffMails>(
	deps: Pick<SendStaffMailDeps, 'renderMail' | 'buildMessage' | 'clock' | 'config'>,
	newsletter: Newsletter,
	{ id, to, locale, name, data }: Wanted<Name>,
): Promise<Pick<ReadyMessage, 'envelope' | 'raw'>> {
	const { fromAddress } = newsletter
	const filled = {
		newsletter: describeSender(deps, newsletter, locale),
		...data,
	} as unknown as MailCatalog[Name]
	const mail = await deps.renderMail(name, locale, filled)
	const raw = await deps.buildMessage({
		from: { name: textIn(newsletter, locale).fromName, address: fromAddress },
		to: { address: to },
		subject: mail.subject,
		date: deps.clock.now(),
		messageId: `<staff.${id}@${fromAddress.slice(fromAddress.lastIndexOf('@') + 1)}>`,
		headers: [['Auto-Submitted', 'auto-generated']],
		html: mail.html,
		text: mail.text,
	})
	return { envelope: { from: fromAddress, to }, raw }
}

function describeSender(
	{ config }: Pick<SendStaffMailDeps, 'config'>,
	newsletter: Newsletter,
	locale: Locale,
): MailNewsletter {
	const { name, description, fromName } = textIn(newsletter, locale)
	const { colour, postalAddress, contact, slug } = newsletter
	const logo = logoInMail(config, newsletter)
	const publicUrl = `${config.publicUrl}/newsletters/${slug}/${locale}`
	return { name, description, fromName, colour, ...logo, postalAddress, contact, publicUrl }
}
