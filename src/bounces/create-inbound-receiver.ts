import { readReturnPath } from '../deliveries/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { InboundMail, InboundReceiver } from '../kernel/inbound.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { keptOfMail } from '../kernel/kept-of-mail.ts'
import type { Keys } from '../kernel/keys.ts'
import type { Limiter, LimiterAnswer } from '../kernel/limiter.ts'
import type { Log } from '../kernel/log.ts'
import { openMail } from '../returned-mail/index.ts'
import { leaveByMail } from '../subscriptions/index.ts'
import { isFromSoftware } from './is-from-software.ts'
import { keepReport } from './keep-report.ts'
import { purposeOfAddress } from './purpose-of-address.ts'

export type InboundDeps = {
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
 * unsubscribe address ends the subscription at once, and there is no other address. Nothing is ever answered (RFC 3834,
 * mail-rules H5).
 */
export function createInboundReceiver(deps: InboundDeps): InboundReceiver {
	const { inbound } = deps.config
	return {
		accepts: (recipient) => purposeOfAddress(deps, recipient) !== undefined,
		admit: (network) =>
			deps.limiter.take(`inbound/${network}`, { points: inbound?.perIpAndMinute ?? 1, perSeconds: 60 }),
		receive: async (mail) => {
			const raw = keptOfMail(mail.raw)
			for (const recipient of mail.recipients) {
				if (purposeOfAddress(deps, recipient) === 'unsubscribe')
					await leave(deps, { ...mail, raw, recipient })
			}
			const returned = mail.recipients.filter(
				(recipient) => purposeOfAddress(deps, recipient) === 'return path',
			)
			const [first] = returned
			if (first === undefined) return { ok: true }
			const admission = await admitReport(deps, first)
			if (admission.ok) await storeReport(deps, withTrace({ ...mail, raw }, returned))
			return admission
		},
	}
}

async function leave(
	deps: InboundDeps,
	{ sender, recipient, raw, remoteAddress }: Omit<InboundMail, 'recipients'> & { recipient: string },
): Promise<void> {
	await leaveByMail(deps, { sender, recipient, isAutomatic: isFromSoftware(openMail(raw)), remoteAddress })
}

async function admitReport({ limiter, keys }: InboundDeps, returnPath: string): Promise<LimiterAnswer> {
	const { subscriptionId } = readReturnPath(keys, returnPath) ?? {}
	return limiter.take(`inbound-reports/${subscriptionId}`, {
		points: reportsPerReaderAndDay,
		perSeconds: 86_400,
	})
}

async function storeReport({ db, clock, jobs }: InboundDeps, raw: Buffer): Promise<void> {
	const report = await keepReport(db, { via: 'inbound', raw, receivedAt: clock.now(), kind: null })
	if (report.isNew) await jobs.enqueue('read-report', { reportId: report.id }, { dedupe: String(report.id) })
}

/** What is stored tells where it came to, as a final delivery does (RFC 5321 §4.4). */
function withTrace({ sender, raw }: InboundMail, recipients: readonly string[]): Buffer {
	const deliveredTo = recipients.map((recipient) => `Delivered-To: ${visible(recipient)}\r\n`).join('')
	return Buffer.concat([Buffer.from(`Return-Path: <${visible(sender)}>\r\n${deliveredTo}`), raw])
}

function visible(address: string): string {
	return address.replace(/[^!-;=?-~]/g, '')
}
