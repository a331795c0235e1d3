import { closeMailboxAlert, raiseMailboxAlert } from '../alerts/index.ts'
import type { MailboxReceiver } from '../kernel/inbound.ts'
import { keptOfMail } from '../kernel/kept-of-mail.ts'
import { type OpenedMail, openMail } from '../returned-mail/index.ts'
import { leaveByMail } from '../subscriptions/index.ts'
import type { InboundDeps } from './create-inbound-receiver.ts'
import { isFromSoftware, isReport } from './is-from-software.ts'
import { keepReport } from './keep-report.ts'
import { purposeOfAddress } from './purpose-of-address.ts'
import { readStoredReport } from './read-stored-report.ts'
import type { RecordDeps } from './record-events.ts'

export type MailboxDeps = InboundDeps & RecordDeps

/**
 * What the reader of a mailbox does with mail. A mailbox may hold anything: only what mail software wrote is kept, and
 * mail from people is left for people. A report must be read to be told from other mail, so it is recorded at once.
 */
export function createMailboxReceiver(deps: MailboxDeps): MailboxReceiver {
	return {
		receive: async (whole) => {
			const raw = keptOfMail(whole)
			const mail = openMail(raw)
			if (mail.report.kind === 'auto-reply') return 'report'
			if (isReport(mail.report)) {
				await recordReport(deps, raw, mail)
				return 'report'
			}
			const recipient = mail.report.identifiers.sentTo.find(
				(address) => purposeOfAddress(deps, address) === 'unsubscribe',
			)
			if (recipient === undefined) return 'other'
			const { sender } = mail
			await leaveByMail(deps, { sender, recipient, isAutomatic: isFromSoftware(mail), remoteAddress: '' })
			return 'report'
		},
		onFailing: (failures) => raiseMailboxAlert(deps.db, { failures, at: deps.clock.now() }),
		onWorking: () => closeMailboxAlert(deps.db, deps.clock.now()),
	}
}

/** Stores a report before anything else, so that it is read later by the job where recording it fails now. */
async function recordReport(deps: MailboxDeps, raw: Buffer, opened: OpenedMail): Promise<void> {
	const { id, isNew } = await keepReport(deps.db, {
		via: 'imap',
		raw,
		receivedAt: deps.clock.now(),
		kind: null,
	})
	if (!isNew) return
	try {
		await readStoredReport(deps, id, opened)
	} catch (error) {
		deps.log.warn({ err: error, reportId: id }, 'a report could not be recorded; it is tried again')
		await deps.jobs.enqueue('read-report', { reportId: id }, { dedupe: String(id) })
	}
}
