import { mayDo } from '../../../kernel/actor.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import {
	type DnsRecord,
	listDnsRecords,
	type Newsletter,
	textIn,
	zoneOf,
} from '../../../newsletters/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { describeRelays, type RelayRow } from '../describe-relays.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { spokenIn } from '../spoken-in.ts'
import type { SenderPageDeps } from './routes.ts'

/** What the fields of the form hold: `fromAddress`, `replyTo`, `fromName_en` … */
export type SenderFields = Record<string, string>

export type SenderView = {
	say: Speech
	slug: string
	spoken: Array<{ locale: Locale; name: string }>
	fields: SenderFields
	/** The one that all records are in; null where there are several. */
	domain: string | null
	records: DnsRecord[]
	/** Opens the person's own mail program, with the records in the mail. */
	mailTo: string
	captured: boolean
	relays: RelayRow[]
	mayTest: boolean
}

/** Who the mail of a newsletter comes from, what the DNS must say, and how mail leaves. */
export async function describeSender(
	deps: SenderPageDeps,
	newsletter: Newsletter,
	{ locale, actor }: RequestContext,
): Promise<SenderView> {
	const records = listDnsRecords(newsletter, deps.config)
	const domain = newsletter.fromAddress.slice(newsletter.fromAddress.lastIndexOf('@') + 1)
	const isOne = records.every(({ name }) => name === domain || name.endsWith(`.${domain}`))
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		slug: newsletter.slug,
		spoken: spokenIn(
			locale,
			newsletter.texts.map((text) => text.locale),
		),
		fields: fieldsOf(newsletter),
		domain: isOne ? domain : null,
		records,
		mailTo: mailRecords(deps.messages, locale, { domain, records }),
		captured: deps.captured !== undefined,
		relays: await describeRelays(deps, locale),
		mayTest: mayDo(actor, 'installation.resume'),
	}
}

function fieldsOf(newsletter: Newsletter): SenderFields {
	const names = newsletter.texts.map(({ locale }) => [
		`fromName_${locale}`,
		textIn(newsletter, locale).fromName,
	])
	return {
		...Object.fromEntries(names),
		fromAddress: newsletter.fromAddress,
		replyTo: newsletter.replyTo ?? '',
	}
}

function mailRecords(
	messages: Messages,
	locale: Locale,
	{ domain, records }: { domain: string; records: readonly DnsRecord[] },
): string {
	const t = (key: string, params?: Record<string, string>) =>
		messages.text(locale, `console.sender.${key}`, params)
	const parts = records
		.filter(({ value }) => value !== undefined)
		.map(({ purpose, type, name, value = '' }) =>
			[
				t(`purpose.${purpose}`),
				t(`why.${purpose}`),
				`${t('type')}${t('colon')} ${type}`,
				`${t('name')}${t('colon')} ${name}`,
				`${t('value')}${t('colon')} ${value}`,
			].join('\r\n'),
		)
	const body = [t('mail.opening', { domain }), ...parts, t('mail.end')].join('\r\n\r\n')
	// RFC 6068 §5: a space is %20, a line break %0D%0A
	const search = { subject: t('mail.subject', { domain }), body }
	const fields = Object.entries(search).map(([name, text]) => `${name}=${encodeURIComponent(text)}`)
	return `mailto:?${fields.join('&')}`
}
