import type { Log } from '../kernel/log.ts'
import { type LeavingDeps, unsubscribe } from './unsubscribe.ts'
import { unsubscribeTokenIn } from './unsubscribe-url.ts'

/** A mail to an unsubscribe address (RFC 2369 §3.2). */
export type LeavingMail = {
	recipient: string
	/** The envelope's sender; '' for the null sender of reports. */
	sender: string
	/** Whether it says of itself, or looks as if, no person wrote it. */
	isAutomatic: boolean
	/** Where it came from; '' where that is not known. */
	remoteAddress: string
}

/**
 * Ends a subscription by mail to its unsubscribe address, whatever subject and body say (mail-rules U15). An automatic
 * answer to a digest goes there too, and must not end anything (RFC 3834 §4).
 */
export async function leaveByMail(
	deps: LeavingDeps & { log: Log },
	{ recipient, sender, isAutomatic, remoteAddress }: LeavingMail,
): Promise<void> {
	if (sender === '' || isAutomatic) {
		deps.log.info({}, 'mail to an unsubscribe address was written by no person')
		return
	}
	const token = unsubscribeTokenIn(recipient) ?? ''
	const view = await unsubscribe(deps, { token, page: 'mail', ip: remoteAddress })
	const outcome = typeof view === 'string' ? view : 'left'
	deps.log.info({ outcome }, 'mail to an unsubscribe address was read')
}
