import type { Database } from '../../kernel/database.ts'
import type { AccountCause } from '../../kernel/mail.ts'
import { readOwnReason } from '../../kernel/own-reason.ts'
import type { Outlet } from '../outlet.ts'
import { deleteHolds, selectHolds } from './store.ts'

/**
 * Brings the relays of this process to what all processes know: a hold that staff has ended ends here too, and a quota
 * that another has found used up need not be found out again. Other causes are tried anew by each process that
 * starts, for a new password or setting may have mended them.
 */
export async function followHolds(db: Database, outlets: readonly Outlet[]): Promise<void> {
	const holds = new Map((await selectHolds(db)).map((hold) => [hold.name, hold]))
	for (const outlet of outlets) {
		const hold = holds.get(outlet.name)
		const isHeld = outlet.pause()?.held !== undefined
		if (!hold && isHeld) outlet.lift()
		if (hold && !isHeld && causeOf(hold.reason) === 'quota') outlet.hold({ ...hold, cause: 'quota' })
	}
}

function causeOf(reason: string): AccountCause | undefined {
	const [, cause] = /^held_(\w+)$/.exec(readOwnReason(reason)?.reason ?? '') ?? []
	return cause as AccountCause | undefined
}

/** Lets relays that refuse our account be tried again, all or one. Gives the names of those that were held. */
export function liftHolds({ db }: { db: Database }, name?: string): Promise<string[]> {
	return deleteHolds(db, name)
}
