import { textFromOutside } from '../kernel/text-from-outside.ts'
import { classifyRefusal, findAddresses, type Refusal, sameAddress } from '../refusals/index.ts'
import { findRecipients, type NamedRecipient } from './find-recipients.ts'
import type { HeaderFields } from './mime/header-fields.ts'
import type { ReportedRecipient } from './report.ts'
import type { ReturnedMail } from './returned-mail.ts'

type Who = Pick<ReportedRecipient, 'address' | 'originalAddress' | 'finalAddress' | 'action'>

const maxDiagnosticLength = 1_000

/** A recipient of a report with what happened to it, judged. A delay is temporary whatever its reason (mail-rules S9). */
export function reportRecipient(who: Who, refusal: Refusal): ReportedRecipient {
	const words = refusal.diagnostic || refusal.context
	const diagnostic = textFromOutside(words.replace(/\s+/g, ' ').trim(), maxDiagnosticLength)
	if (who.action === 'failed') return { ...who, ...classifyRefusal(refusal), diagnostic }
	if (who.action === 'delayed') {
		const verdict = classifyRefusal({ ...refusal, isDelayed: true })
		return { ...who, ...verdict, class: 'temporary', hard: false, diagnostic }
	}
	return { ...who, class: 'unknown', hard: false, status: refusal.status || '2.0.0', reply: '', diagnostic }
}

/** One entry a recipient, because reports repeat themselves: a failure stands before anything else. */
export function mergeRecipients(recipients: readonly ReportedRecipient[]): ReportedRecipient[] {
	const merged = new Map<string, ReportedRecipient>()
	for (const recipient of recipients) {
		const key = recipient.address.toLowerCase()
		const known = merged.get(key)
		if (!known || (known.action !== 'failed' && recipient.action === 'failed')) merged.set(key, recipient)
	}
	return [...merged.values()]
}

/** The recipients that the text of a report names. */
export function nameRecipients({ fields, text }: ReturnedMail): NamedRecipient[] {
	return findRecipients(text, othersIn(fields))
}

const otherFields = [
	'to',
	'cc',
	'from',
	'reply-to',
	'sender',
	'return-path',
	'x-original-to',
	'envelope-to',
	'delivered-to',
]

/** The report's own reader and sender: rarely who could not be reached. */
function othersIn(fields: HeaderFields): Set<string> {
	const addresses = otherFields.flatMap((name) =>
		fields.all(name).flatMap((value) => findAddresses(value, 20)),
	)
	return new Set(addresses.map((address) => address.toLowerCase()))
}

/** What the text says of one of its recipients, by any of its addresses. */
export function textAbout(addresses: readonly string[], named: readonly NamedRecipient[]): string {
	const found = named.find((recipient) =>
		addresses.some((address) => sameAddress(address, recipient.address)),
	)
	return found?.said ?? ''
}

const headerFields = ['x-failed-recipients', 'x-bounced-address', 'x-actual-recipient', 'x-failed-to']
const copyFields = ['x-original-to', 'delivered-to', 'envelope-to', 'to']

/** Where a report names nobody: whom its header names, then to whom the returned message was addressed; '' for nobody. */
export function fallbackRecipient(
	{ fields, returned }: ReturnedMail,
	named: readonly NamedRecipient[],
): string {
	const inHeader = headerFields.flatMap((name) => findAddresses(fields.first(name), 1))
	const inCopy = copyFields.flatMap((name) => findAddresses(returned.first(name), 1))
	return named[0]?.address ?? inHeader[0] ?? inCopy[0] ?? ''
}
