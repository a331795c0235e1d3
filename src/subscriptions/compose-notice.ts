import type { MailCatalog } from '../../emails/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { formatAddress } from '../kernel/email-address.ts'
import type { NoticeKind } from '../kernel/enumerations.ts'
import { hashToken, type Keys, signToken } from '../kernel/keys.ts'
import type { BuildMessage, ReadyMessage, RenderedMail, RenderMail } from '../kernel/mail.ts'
import { getNewsletter, type Newsletter, textIn } from '../newsletters/index.ts'
import { undoDays } from './requests/view-request.ts'
import type { DueNotice } from './store/notices.ts'
import { unsubscribeUrl } from './unsubscribe-url.ts'

export type ComposeNoticeDeps = {
	db: Database
	clock: Clock
	keys: Keys
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	config: { publicUrl: string; confirmHours: number; bounceDomain: string | undefined }
}

/** A notice that was taken, with the token of its link, which exists nowhere else. */
export type TakenNotice = DueNotice & { kind: NoticeKind; token: string }

/** Builds the mail of a notice that was taken. Throws where it can't be rendered. */
export async function composeNotice(deps: ComposeNoticeDeps, notice: TakenNotice): Promise<ReadyMessage> {
	const newsletter = await getNewsletter(deps, { id: notice.newsletterId })
	const mail = await renderNotice(deps, notice, newsletter)
	const to = formatAddress(notice.address)
	const raw = await deps.buildMessage({
		from: { name: textIn(newsletter, notice.locale).fromName, address: newsletter.fromAddress },
		to: { address: to },
		replyTo: newsletter.replyTo ? { address: newsletter.replyTo } : undefined,
		subject: mail.subject,
		date: deps.clock.now(),
		messageId: messageIdOf(deps.keys, notice.id, newsletter.fromAddress),
		// RFC 3834 §5; there is no List-Unsubscribe, as nothing is subscribed yet (mail-rules U14)
		headers: [['Auto-Submitted', 'auto-generated']],
		html: mail.html,
		text: mail.text,
	})
	return { envelope: { from: returnPath(deps, notice, newsletter), to }, raw }
}

function renderNotice(
	{ renderMail, keys, config }: ComposeNoticeDeps,
	{ kind, locale, token, subscriptionId }: TakenNotice,
	{ slug, colour, logoUrl, postalAddress, contact, ...texts }: Newsletter,
): Promise<RenderedMail> {
	const { name, description, fromName } = textIn(texts, locale)
	const publicUrl = `${config.publicUrl}/newsletters/${slug}/${locale}`
	const newsletter = { name, description, fromName, colour, logoUrl, postalAddress, contact, publicUrl }
	if (kind === 'already_active') {
		const leaving = unsubscribeUrl({ keys, config }, { subscriptionId, digestId: 0 })
		return renderMail('already-active', locale, { newsletter, unsubscribeUrl: leaving })
	}
	if (kind === 'confirm' || kind === 'suppressed') {
		const confirmUrl = `${config.publicUrl}/confirm/${token}`
		return renderMail(kind, locale, { newsletter, confirmUrl, validHours: config.confirmHours })
	}
	const requestUrl = `${config.publicUrl}/requests/${token}`
	const validHours = kind === 'address_changed' ? undoDays * 24 : config.confirmHours
	return renderMail(requestMails[kind], locale, { newsletter, requestUrl, validHours })
}

const requestMails = {
	change_address: 'change-address',
	address_changed: 'address-changed',
	send_data: 'send-data',
	erase: 'erase',
} as const

/**
 * Where reports of this mail come back: signed, of no digest; to the From address where no domain is set for them, and of a
 * mail to another address than the subscription's, of which a report would say nothing.
 */
function returnPath(
	{ keys, config }: ComposeNoticeDeps,
	notice: TakenNotice,
	newsletter: Newsletter,
): string {
	const isElsewhere = notice.kind === 'change_address' || notice.kind === 'address_changed'
	if (!config.bounceDomain || isElsewhere) return newsletter.fromAddress
	return `bounces+${signToken(keys, 'return-path', [0, notice.subscriptionId], 'hex')}@${config.bounceDomain}`
}

/** The same for every attempt at a notice, so that one repeated by staff can be told from a new one. */
function messageIdOf(keys: Keys, noticeId: number, fromAddress: string): string {
	const domain = fromAddress.slice(fromAddress.lastIndexOf('@') + 1)
	return `<${hashToken(keys, `notice ${noticeId}`).slice(0, 22)}@${domain}>`
}
