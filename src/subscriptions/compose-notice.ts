import type { MailCatalog } from '../../emails/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { formatAddress } from '../kernel/email-address.ts'
import type { NoticeKind } from '../kernel/enumerations.ts'
import { hashToken, type Keys, signToken } from '../kernel/keys.ts'
import type { BuildMessage, HeaderFields, ReadyMessage, RenderedMail, RenderMail } from '../kernel/mail.ts'
import type { Locale } from '../kernel/messages.ts'
import { getNewsletter, listId, logoInMail, type Newsletter, textIn } from '../newsletters/index.ts'
import { preferencesUrl } from './choices/preferences-url.ts'
import { describeWelcome } from './describe-welcome.ts'
import { undoDays } from './requests/view-request.ts'
import type { DueNotice } from './store/notices.ts'
import { unsubscribeUrl } from './unsubscribe-url.ts'

type LatestStories = (wanted: {
	newsletter: Newsletter
	locale: Locale
	limit: number
}) => Promise<ReadonlyArray<{ title: string; link: string | null; locale: Locale }>>

export type ComposeNoticeDeps = {
	db: Database
	clock: Clock
	keys: Keys
	renderMail: RenderMail<MailCatalog>
	/** The latest stories of a newsletter for readers of a language. */
	latestStories: LatestStories
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
		headers: headersOf(deps, notice, newsletter),
		html: mail.html,
		text: mail.text,
	})
	return { envelope: { from: returnPath(deps, notice, newsletter), to }, raw }
}

/** RFC 3834 §5. What answers a sign-up has no List-Unsubscribe, as nothing is subscribed yet (mail-rules U14). */
function headersOf(deps: ComposeNoticeDeps, notice: TakenNotice, newsletter: Newsletter): HeaderFields {
	const automatic: HeaderFields = [['Auto-Submitted', 'auto-generated']]
	if (notice.kind !== 'welcome') return automatic
	const leaving = unsubscribeUrl(deps, { subscriptionId: notice.subscriptionId, digestId: 0 })
	return [
		['List-ID', `${textIn(newsletter, notice.locale).name} <${listId(newsletter)}>`],
		['List-Unsubscribe', `<${leaving}>`],
		['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
		...automatic,
	]
}

async function renderNotice(
	deps: ComposeNoticeDeps,
	{ kind, locale, token, subscriptionId }: TakenNotice,
	whole: Newsletter,
): Promise<RenderedMail> {
	const { renderMail, keys, config } = deps
	const { slug, colour, postalAddress, contact } = whole
	const logo = logoInMail(config, whole)
	const { name, description, fromName, consentWording } = textIn(whole, locale)
	const publicUrl = `${config.publicUrl}/newsletters/${slug}/${locale}`
	const newsletter = { name, description, fromName, colour, ...logo, postalAddress, contact, publicUrl }
	if (kind === 'already_active') {
		const leaving = unsubscribeUrl({ keys, config }, { subscriptionId, digestId: 0 })
		return renderMail('already-active', locale, { newsletter, unsubscribeUrl: leaving })
	}
	const preferences = preferencesUrl({ keys, config }, { subscriptionId, digestId: 0 })
	if (kind === 'choices') return renderMail('choices', locale, { newsletter, preferencesUrl: preferences })
	if (kind === 'welcome') {
		const welcome = await describeWelcome(deps, { newsletter: whole, locale, subscriptionId })
		const links = {
			unsubscribe: unsubscribeUrl({ keys, config }, { subscriptionId, digestId: 0 }),
			preferences,
		}
		return renderMail('welcome', locale, { newsletter, ...welcome, links })
	}
	if (kind === 'confirm' || kind === 'suppressed' || kind === 'reminder') {
		const confirmUrl = `${config.publicUrl}/confirm/${token}`
		const validHours = config.confirmHours
		return renderMail(kind, locale, { newsletter, consentWording, confirmUrl, validHours })
	}
	if (kind === 'still_wanted') {
		const confirmUrl = `${config.publicUrl}/confirm/${token}`
		const validHours = config.confirmHours
		return renderMail('still-wanted', locale, { newsletter, consentWording, confirmUrl, validHours })
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
