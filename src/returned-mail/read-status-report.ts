import type { ReportKind } from '../kernel/enumerations.ts'
import { readReplyCodes } from '../refusals/index.ts'
import { delaySubjects } from './notices.ts'
import { type DeliveryStatus, readDeliveryStatus, type StatusOfRecipient } from './read-delivery-status.ts'
import { readIdentifiers } from './read-identifiers.ts'
import { asksForProof } from './recognise-notice.ts'
import type { RecipientAction, Report, ReportedRecipient } from './report.ts'
import {
	fallbackRecipient,
	mergeRecipients,
	nameRecipients,
	reportRecipient,
	textAbout,
} from './reported-recipient.ts'
import type { ReturnedMail } from './returned-mail.ts'

/** A report with fields of RFC 3464; undefined where the mail has none that tell what happened to anybody. */
export function readStatusReport(mail: ReturnedMail): Report | undefined {
	const { envelopeId, messageId, recipients: statuses } = findDeliveryStatus(mail)
	const telling = statuses.filter(tellsOutcome)
	if (telling.length === 0) return undefined
	if (isChallenge(mail, telling)) return autoReply(mail)
	const isLate = delaySubjects.test(mail.fields.readable('subject').toLowerCase())
	const actions = telling.map((found) => actionOf(found, isLate))
	const kind = kindOf(actions)
	return {
		kind,
		recipients:
			kind === 'bounce'
				? bouncedRecipients(mail, telling, actions)
				: mergeRecipients(reportRecipients(mail, telling, actions)),
		feedbackType: null,
		identifiers: readIdentifiers(mail.fields, mail.returned, { envelopeId, messageId }),
	}
}

/** What a report is whose recipients met this (mail-rules S9). */
export function kindOf(actions: readonly RecipientAction[]): ReportKind {
	if (actions.includes('failed')) return 'bounce'
	if (actions.includes('complained')) return 'complaint'
	return actions.length === 0 || actions.includes('delayed') ? 'none' : 'delivered'
}

/** The report parts, or the fields of one that stand in the text: gateways and people flatten reports. */
function findDeliveryStatus({ parts }: ReturnedMail): DeliveryStatus {
	const texts = parts.deliveryStatus.length > 0 ? parts.deliveryStatus : statusFieldsIn(parts.text)
	const read = texts.map((text) => readDeliveryStatus(text))
	return {
		envelopeId: read.find(({ envelopeId }) => envelopeId !== '')?.envelopeId ?? '',
		messageId: read.find(({ messageId }) => messageId !== '')?.messageId ?? '',
		recipients: read.flatMap(({ recipients }) => recipients),
	}
}

function statusFieldsIn(text: string): string[] {
	const start = /^[ \t]{0,8}(?:reporting-mta|final-recipient|original-recipient|action)\s?:/im.exec(text)
	if (!start || !/^[ \t]{0,8}final-recipient\s?:/im.test(text)) return []
	if (!/^[ \t]{0,8}(?:action|status|diagnostic-code)\s?:/im.test(text)) return []
	const block = text.slice(start.index, start.index + 20_000).split(/\n--|\n\n\n/, 1)[0] ?? ''
	return [block.replace(/^[ \t]{1,8}(?=[A-Za-z-]{3,40}\s?:)/gm, '')]
}

/** Who got the message is no part of a bounce. Where it names nobody, it is about whom the caller says. */
function bouncedRecipients(
	mail: ReturnedMail,
	statuses: readonly StatusOfRecipient[],
	actions: readonly RecipientAction[],
): ReportedRecipient[] {
	const named = reportRecipients(mail, statuses, actions).filter(isUndelivered)
	const found = named.length > 0 ? named : reportRecipients(mail, statuses, actions, mail.recipient)
	return mergeRecipients(found.filter(isUndelivered))
}

function reportRecipients(
	mail: ReturnedMail,
	statuses: readonly StatusOfRecipient[],
	actions: readonly RecipientAction[],
	unnamed?: string,
): ReportedRecipient[] {
	const named = nameRecipients(mail)
	return statuses.flatMap((found, index) => {
		const { originalAddress, finalAddress, status, diagnostic, category } = found
		const address = originalAddress || finalAddress || fallbackRecipient(mail, named) || unnamed
		if (address === undefined) return []
		const action = actions[index] ?? 'failed'
		const about = statuses.length === 1 ? mail.text : textAbout([finalAddress, originalAddress], named)
		const context = category ? `BounceCategory: ${category}\n${about}` : about
		const refusal = { status, diagnostic, context, transcript: mail.text }
		return [reportRecipient({ address, originalAddress, finalAddress, action }, refusal)]
	})
}

/** A group that names somebody and quotes a reply tells an outcome too: some gateways leave Action and Status out. */
function tellsOutcome({
	action,
	status,
	diagnostic,
	finalAddress,
	originalAddress,
}: StatusOfRecipient): boolean {
	if (action !== '' || status !== '') return true
	return (
		diagnostic !== '' &&
		(finalAddress !== '' || originalAddress !== '' || readReplyCodes(diagnostic).reply !== '')
	)
}

function actionOf({ action, status, diagnostic }: StatusOfRecipient, isLate: boolean): RecipientAction {
	if (action !== '') return action
	if (status.startsWith('2') || (status === '' && /^\s*2\d\d[- ]/.test(diagnostic))) return 'delivered'
	return isLate ? 'delayed' : 'failed'
}

/**
 * Services that want a sender to prove to be a person dress their question as a report. Where a server is quoted that
 * says so in its refusal, the mail was refused all the same.
 */
function isChallenge({ text, parts }: ReturnedMail, statuses: readonly StatusOfRecipient[]): boolean {
	if (statuses.some(({ diagnostic }) => readReplyCodes(diagnostic).reply !== '')) return false
	return [text, parts.text, ...statuses.map(({ diagnostic }) => diagnostic)].some((said) =>
		asksForProof(said),
	)
}

function autoReply({ fields, returned }: ReturnedMail): Report {
	return {
		kind: 'auto-reply',
		recipients: [],
		feedbackType: null,
		identifiers: readIdentifiers(fields, returned),
	}
}

function isUndelivered({ action }: ReportedRecipient): boolean {
	return action === 'failed' || action === 'delayed'
}
