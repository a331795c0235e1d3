import type { MailboxReceiver } from '../kernel/inbound.ts'
import type { Log } from '../kernel/log.ts'

export type Troubles = {
	/** Notes a session that ended in a failure; gives how long to wait before the next. */
	failed(error: unknown): number
	/** Notes that all was read that was there; gives after how long it is to be noted again, if it still works then. */
	worked(): number
}

export type TroubleOptions = {
	/** The first wait; it doubles, up to five minutes. */
	retryMs: number
	/** From when on staff is told, and how long a session must last for the waits to begin anew. */
	tellAfterMs?: number
	steadyMs?: number
}

const longestRetryMs = 300_000

/**
 * Keeps account of a mailbox that can't be read: how long to wait, and who is told. The log has a line when it begins,
 * one when it has gone on for five minutes, and one when it is over; staff gets an alert with the second, which ends
 * with the third. A server that lets us in and hangs up is in trouble all the same: the waits begin anew only once a
 * session has lasted a minute.
 */
export function createTroubles(
	receiver: Pick<MailboxReceiver, 'onFailing' | 'onWorking'>,
	log: Log,
	{ retryMs, tellAfterMs = 300_000, steadyMs = 60_000 }: TroubleOptions,
): Troubles {
	let nextMs = retryMs
	let failures = 0
	let failingSince: number | undefined
	let workedAt: number | undefined
	let told = false
	let toldWorking = false

	const tell = (news: Promise<void> | undefined): void => {
		news?.catch((error) => log.warn({ err: error }, 'the state of the mailbox could not be kept'))
	}

	/** What came between two failures is an end of trouble only where it lasted. */
	const settle = (now: number): void => {
		if (workedAt === undefined || now - workedAt < steadyMs) return
		nextMs = retryMs
		failures = 0
		told = false
		if (failingSince !== undefined) log.info({}, 'the mailbox of returned mail can be read again')
		failingSince = undefined
		if (!toldWorking) tell(receiver.onWorking?.())
		toldWorking = true
	}

	return {
		failed: (error) => {
			const now = performance.now()
			settle(now)
			workedAt = undefined
			failures += 1
			if (failingSince === undefined) {
				failingSince = now
				log.warn({ err: error }, 'the mailbox of returned mail can’t be read; it is tried again and again')
			}
			if (now - failingSince >= tellAfterMs) {
				if (!told) log.error({ err: error, failures }, 'the mailbox of returned mail still can’t be read')
				told = true
				toldWorking = false
				tell(receiver.onFailing?.(failures))
			}
			// several processes, or several mailboxes of one server, must not come all at once
			const waitMs = nextMs * (0.75 + Math.random() / 2)
			nextMs = Math.min(nextMs * 2, longestRetryMs)
			return Math.min(waitMs, longestRetryMs)
		},
		worked: () => {
			const now = performance.now()
			workedAt ??= now
			settle(now)
			return toldWorking && failingSince === undefined ? Number.POSITIVE_INFINITY : steadyMs
		},
	}
}
