import type { MailboxReceiver } from '../kernel/inbound.ts'
import type { Log } from '../kernel/log.ts'
import { explainImapError } from './explain-imap-error.ts'

export type MailboxHealth = {
	/** Notes a session that ended in a failure; gives for how many milliseconds to wait before the next. */
	failed(error: unknown): number
	/** Notes that the mailbox was read; gives after how many milliseconds that is to be noted again, if it still can be. */
	succeeded(): number
}

export type HealthOptions = {
	/** The first wait; it doubles, up to five minutes. */
	retryMs: number
	/** After how long staff is alerted, and how long a session must last for the waits to begin anew. */
	alertAfterMs?: number
	stableAfterMs?: number
}

const longestRetryMs = 300_000

/**
 * Follows whether a mailbox can be read: how long to wait, and who is told. The log has a line when it can't be any more,
 * one when it has gone on for five minutes, and one when it is over; staff gets an alert with the second, which ends
 * with the third. A server that lets us in and hangs up is in trouble all the same: the waits begin anew only once a
 * session has lasted a minute.
 */
export function createMailboxHealth(
	receiver: Pick<MailboxReceiver, 'onFailing' | 'onWorking'>,
	log: Log,
	{ retryMs, alertAfterMs = 300_000, stableAfterMs = 60_000 }: HealthOptions,
): MailboxHealth {
	let nextMs = retryMs
	let failures = 0
	let failingSince: number | undefined
	let workedAt: number | undefined
	let isAlerted = false
	let reportedWorking = false

	const report = (reported: Promise<void> | undefined): void => {
		reported?.catch((error) => log.warn({ err: error }, 'the state of the mailbox could not be kept'))
	}

	/** What came between two failures is an end of trouble only where it lasted. */
	const settle = (now: number): void => {
		if (workedAt === undefined || now - workedAt < stableAfterMs) return
		nextMs = retryMs
		failures = 0
		isAlerted = false
		if (failingSince !== undefined) log.info({}, 'the mailbox of returned mail can be read again')
		failingSince = undefined
		if (!reportedWorking) report(receiver.onWorking?.())
		reportedWorking = true
	}

	return {
		failed: (error) => {
			const err = explainImapError(error)
			const now = performance.now()
			settle(now)
			workedAt = undefined
			failures += 1
			if (failingSince === undefined) {
				failingSince = now
				log.warn({ err }, 'the mailbox of returned mail can’t be read; it is tried again and again')
			}
			if (now - failingSince >= alertAfterMs) {
				if (!isAlerted) log.error({ err, failures }, 'the mailbox of returned mail still can’t be read')
				isAlerted = true
				reportedWorking = false
				report(receiver.onFailing?.(failures))
			}
			// several processes, or several mailboxes of one server, must not come all at once
			const waitMs = nextMs * (0.75 + Math.random() / 2)
			nextMs = Math.min(nextMs * 2, longestRetryMs)
			return Math.min(waitMs, longestRetryMs)
		},
		succeeded: () => {
			const now = performance.now()
			workedAt ??= now
			settle(now)
			return reportedWorking && failingSince === undefined ? Number.POSITIVE_INFINITY : stableAfterMs
		},
	}
}
