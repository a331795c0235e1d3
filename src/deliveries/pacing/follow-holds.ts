import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
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
export function liftHolds(
	{ db, clock }: { db: Database; clock: Clock },
	{ name, actor }: { name?: string | undefined; actor: Actor },
): Promise<string[]> {
	return db.transaction().execute(async (tx) => {
		const lifted = await deleteHolds(tx, name)
		for (const relay of lifted) {
			await recordAudit({ db: tx, clock }, { actor, action: 'resume', subject: `relay:${relay}` })
		}
		return lifted
	})
}
