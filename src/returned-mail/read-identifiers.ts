import { findAddresses, firstAddress } from '../refusals/index.ts'
import type { HeaderFields } from './mime/header-fields.ts'
import type { ReportIdentifiers } from './report.ts'

const sentToFields = [
	'x-original-to',
	'delivered-to',
	'envelope-to',
	'x-envelope-to',
	'x-rcpt-to',
	'x-forwarded-to',
	'to',
	'cc',
]
const returnedToFields = ['x-original-to', 'delivered-to', 'envelope-to', 'x-envelope-to', 'to', 'cc']

/** Collects what can tie a report to a delivery of ours (mail-rules S5): nothing here is proof by itself. */
export function readIdentifiers(
	fields: HeaderFields,
	returned: HeaderFields,
	{ envelopeId = '', messageId = '' }: { envelopeId?: string; messageId?: string } = {},
): ReportIdentifiers {
	return {
		sentTo: addressesIn(fields, sentToFields),
		envelopeId,
		messageIds: messageIds(messageId, fields, returned),
		returnedTo: addressesIn(returned, returnedToFields),
		returnPaths: returned
			.all('return-path')
			.map((value) => firstAddress(value))
			.filter(Boolean),
		listUnsubscribe: returned
			.all('list-unsubscribe')
			.flatMap((value) =>
				[...value.slice(0, 4_000).matchAll(/<([^<>\s]{1,1000})>/g)].map(([, uri = '']) => uri),
			),
		returned,
	}
}

function addressesIn(fields: HeaderFields, names: readonly string[]): string[] {
	const found = names.flatMap((name) => fields.all(name).flatMap((value) => findAddresses(value, 20)))
	return [...new Map(found.map((address) => [address.toLowerCase(), address])).values()].slice(0, 40)
}

/** Its own header first, then what the report says; what the mail answers to (In-Reply-To, References) where that is missing. */
function messageIds(stated: string, fields: HeaderFields, returned: HeaderFields): string[] {
	const values = [
		...returned.all('message-id'),
		stated,
		...fields.all('in-reply-to'),
		...fields.all('references'),
	]
	const ids = values.flatMap((value) =>
		[...value.slice(0, 4_000).matchAll(/<([^<>\s]{1,500})>/g)].map(([, id = '']) => id),
	)
	return [...new Set(ids)].slice(0, 20)
}
