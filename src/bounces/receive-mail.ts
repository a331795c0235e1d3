import { closeMailboxAlert, raiseMailboxAlert } from '../alerts/index.ts'
import { readReturnPath } from '../deliveries/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { InboundMail, InboundReceiver, MailboxReceiver } from '../kernel/inbound.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { keptOfMail } from '../kernel/kept-of-mail.ts'
import type { Keys } from '../kernel/keys.ts'
import type { Limiter, LimiterAnswer } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'
import { openMail } from '../returned-mail/index.ts'
import { readUnsubscribeToken, unsubscribe, unsubscribeTokenIn } from '../subscriptions/index.ts'
import { hashContent } from './record-events.ts'
import type { ReportedEvent } from './reported-event.ts'
import { insertReport } from './store/reports.ts'

export type ReceiveDeps = {
	db: Database
	clock: Clock
	keys: Keys
	log: Log
	limiter: Limiter
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	config: {
		bounceDomain: string | undefined
		recordIp: boolean
		inbound: { perIpAndMinute: number } | undefined
	}
}

/** So many reports on mail to one reader are taken in a day: who has its return path must not fill the database with it. */
const reportsPerReaderAndDay = 50

/**
 * What the inbound listener does with mail: reports to our return paths are stored and read later, mail to an
 * unsubscribe address ends the subscription at once, and there is no other address. An address that we have not signed
 * is none of ours. Nothing is ever answered (RFC 3834, mail-rules H5).
 */
export function createInboundReceiver(deps: ReceiveDeps): InboundReceiver {
	const { inbound } = deps.config
	return {
		accepts: (recipient) => purposeOf(deps, recipient) !== undefined,
		admit: (network) =>
			deps.limiter.take(`inbound/${network}`, { points: inbound?.perIpAndMinute ?? 1, perSeconds: 60 }),
		receive: async (mail) => {
			const raw = keptOfMail(mail.raw)
			const returned = mail.recipients.filter((recipient) => purposeOf(deps, recipient) === 'return path')
			for (const recipient of mail.recipients) {
				if (purposeOf(deps, recipient) === 'unsubscribe') await leave(deps, { ...mail, raw, recipient })
			}
			const [first] = returned
			if (first === undefined) return { ok: true }
			const admission = await admitReport(deps, first)
			if (admission.ok) await storeReport(deps, 'inbound', withTrace({ ...mail, raw }, returned))
			return admission
		},
	}
}

async function admitReport({ limiter, keys }: ReceiveDeps, returnPath: string): Promise<LimiterAnswer> {
	const { subscriptionId } = readReturnPath(keys, returnPath) ?? {}
	return limiter.take(`inbound-reports/${subscriptionId}`, {
		points: reportsPerReaderAndDay,
		perSeconds: 86_400,
	})
}

/**
 * What the reader of a mailbox does with mail. A mailbox may hold anything: only what mail software wrote is kept, and
 * mail from people is left for people.
 */
export function createMailboxReceiver(deps: ReceiveDeps): MailboxReceiver {
	return {
		receive: async (whole) => {
			const raw = keptOfMail(whole)
			const mail = openMail(raw)
			if (mail.report.kind === 'auto-reply') return 'report'
			if (mail.report.kind !== 'none' || mail.report.recipients.length > 0) {
				await storeReport(deps, 'imap', raw)
				return 'report'
			}
			const recipient = mail.report.identifiers.sentTo.find(
				(address) => purposeOf(deps, address) === 'unsubscribe',
			)
			if (recipient === undefined) return 'other'
			await leave(deps, { sender: mail.sender, recipient, raw, remoteAddress: '' })
			return 'report'
		},
		tellFailing: (failures) => raiseMailboxAlert(deps.db, { failures, at: deps.clock.now() }),
		tellWorking: () => closeMailboxAlert(deps.db, deps.clock.now()),
	}
}

/** What an address of the bounce domain is for; undefined for one that we have not signed. */
function purposeOf(
	{ keys, config }: Pick<ReceiveDeps, 'keys' | 'config'>,
	recipient: string,
): 'return path' | 'unsubscribe' | undefined {
	const { bounceDomain = '' } = config
	const at = recipient.lastIndexOf('@')
	if (bounceDomain === '' || recipient.slice(at + 1).toLowerCase() !== bounceDomain.toLowerCase())
		return undefined
	if (readReturnPath(keys, recipient)) return 'return path'
	const token = unsubscribeTokenIn(recipient)
	return token !== undefined && readUnsubscribeToken(keys, token) ? 'unsubscribe' : undefined
}

/** What is stored tells where it came to, as a final delivery does (RFC 5321 §4.4). */
function withTrace({ sender, raw }: InboundMail, recipients: readonly string[]): Buffer {
	const deliveredTo = recipients.map((recipient) => `Delivered-To: ${visible(recipient)}\r\n`).join('')
	return Buffer.concat([Buffer.from(`Return-Path: <${visible(sender)}>\r\n${deliveredTo}`), raw])
}

function visible(address: string): string {
	return address.replace(/[^!-;=?-~]/g, '')
}

/** Keeps a report to be read; the same one again is known. Gives its id. */
export async function storeReport(
	{ db, clock, jobs }: Pick<ReceiveDeps, 'db' | 'clock' | 'jobs'>,
	via: ReportedEvent['via'],
	raw: Buffer,
): Promise<number> {
	const report = { via, raw, contentHash: hashContent(raw), receivedAt: clock.now(), kind: null }
	const { id, isNew } = await insertReport(db, report)
	if (isNew) await jobs.enqueue('read-report', { reportId: id }, { dedupe: String(id) })
	return id
}

/** Mail to an unsubscribe address needs no subject and no body (mail-rules U15), but a person behind it (H5). */
async function leave(
	deps: ReceiveDeps,
	{ sender, recipient, raw, remoteAddress }: Omit<InboundMail, 'recipients'> & { recipient: string },
): Promise<void> {
	const { report, isAutomatic } = openMail(raw)
	if (sender === '' || isAutomatic || report.kind !== 'none' || report.recipients.length > 0) {
		deps.log.info({ kind: report.kind }, 'mail to an unsubscribe address was written by no person')
		return
	}
	const token = unsubscribeTokenIn(recipient) ?? ''
	const view = await unsubscribe(deps, { token, page: 'mail', ip: remoteAddress })
	deps.log.info(
		{ outcome: typeof view === 'string' ? view : 'left' },
		'mail to an unsubscribe address was read',
	)
}
