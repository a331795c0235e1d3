import type { Database } from '../../kernel/database.ts'
import type { AccountCause } from '../../kernel/mail.ts'
import { readOwnReason } from '../../kernel/own-reason.ts'
import { selectHolds } from '../pacing/store.ts'
import type { Relay } from './relay.ts'

/**
 * Takes over what other processes know: holds that staff has ended, and quotas that are used up. Other causes each
 * new process tries for itself, as a new password or setting may have mended them.
 */
export async function followHolds(db: Database, relays: readonly Relay[]): Promise<void> {
	const holds = new Map((await selectHolds(db)).map((hold) => [hold.name, hold]))
	for (const { name, health } of relays) {
		const hold = holds.get(name)
		const isHeld = health.pause()?.heldFor !== undefined
		if (!hold && isHeld) health.endHold()
		if (hold && !isHeld && causeOf(hold.reason) === 'quota') health.hold({ ...hold, cause: 'quota' })
	}
}

function causeOf(reason: string): AccountCause | undefined {
	const [, cause] = /^held_(\w+)$/.exec(readOwnReason(reason)?.reason ?? '') ?? []
	return cause as AccountCause | undefined
}
