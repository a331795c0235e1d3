import { randomUUID } from 'node:crypto'
import type { MailCatalog } from '../../emails/catalog.ts'
import { recordAudit } from '../audit/index.ts'
import { type PreviewOptions, previewDigest, type Rendition } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type EmailAddress, formatAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { BuildMessage, Mailer, RenderMail, SendOutcome } from '../kernel/mail.ts'
import type { MeasurePicture } from '../kernel/measure-picture.ts'
import type { Locale, Messages } from '../kernel/messages.ts'
import { getNewsletter, type Newsletter } from '../newsletters/index.ts'
import { findSuppression } from '../suppressions/index.ts'
import { senderOf } from './create-composer.ts'
import { digestHeaders, type HeaderConfig } from './digest-headers.ts'

type Deps = {
	db: Database
	clock: Clock
	keys: Keys
	mailer: Mailer
	messages: Messages
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	measurePicture: MeasurePicture
	config: HeaderConfig
}

export type TestRequest = PreviewOptions & {
	addresses: readonly string[]
	locale?: Locale
}

/** `suppressed` addresses are not mailed, not even for a test. */
export type TestResult = { address: string; locale: Locale; outcome: SendOutcome | { kind: 'suppressed' } }

export type TestSent = { kind: 'sent'; results: TestResult[] } | { kind: 'nothing_new' }

const maxAddresses = 20

/**
 * Sends what a digest would be now to a few addresses, marked as a test. Nothing is stored. Throws `invalid` where
 * an address can't be used.
 */
export async function sendTestDigest(
	deps: Deps,
	newsletterId: number,
	{ addresses, locale, ...options }: TestRequest,
	actor: Actor,
): Promise<TestSent> {
	const recipients = parseAll(addresses)
	const newsletter = await getNewsletter(deps, { id: newsletterId })
	const renditions = await previewDigest(deps, newsletterId, options)
	const wanted = renditions.filter((rendition) => locale === undefined || rendition.locale === locale)
	if (wanted.length === 0) return { kind: 'nothing_new' }

	await recordAudit(deps, { actor, action: 'test', subject: `newsletter:${newsletter.slug}` })
	const results: TestResult[] = []
	for (const address of recipients) {
		for (const rendition of wanted) {
			const outcome = await sendOne(deps, newsletter, rendition, address)
			results.push({ address: formatAddress(address), locale: rendition.locale, outcome })
		}
	}
	return { kind: 'sent', results }
}

function parseAll(addresses: readonly string[]): EmailAddress[] {
	if (addresses.length === 0) throw invalidField('addresses', 'errors.field.list_min', { min: 1 })
	if (addresses.length > maxAddresses) {
		throw invalidField('addresses', 'errors.field.list_max', { max: maxAddresses })
	}
	return addresses.map((typed, index) => {
		const parsed = parseEmailAddress(typed)
		if (!parsed.ok) throw invalidField(`addresses.${index}`, `errors.address.${parsed.problem}`)
		return parsed.address
	})
}

async function sendOne(
	deps: Deps,
	newsletter: Newsletter,
	{ locale, subject, html, text }: Rendition,
	address: EmailAddress,
): Promise<TestResult['outcome']> {
	const { db, keys, clock, mailer, messages, config } = deps
	if (await findSuppression(db, hashAddress(keys, address.comparable))) return { kind: 'suppressed' }
	const to = formatAddress(address)
	const raw = await deps.buildMessage({
		...senderOf(newsletter, locale),
		to: { address: to },
		subject: messages.text(locale, 'test_digest.subject', { subject }),
		date: clock.now(),
		messageId: `<test.${randomUUID()}@${newsletter.fromAddress.slice(newsletter.fromAddress.lastIndexOf('@') + 1)}>`,
		headers: digestHeaders(config, newsletter, { locale, digestId: 0, unsubscribeUrl: undefined }),
		html,
		text,
	})
	return mailer.send({ envelope: { from: newsletter.fromAddress, to }, raw })
}
