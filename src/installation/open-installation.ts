import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { HoldReason } from '../kernel/enumerations.ts'
import type { DatabaseIdentity } from '../kernel/installation.ts'
import type { Log } from '../kernel/log.ts'
import { decideHold } from './decide-hold.ts'
import {
	completeInstallation,
	type Hold,
	holdOf,
	insertInstallation,
	nextGeneration,
	readHold,
	setHeld,
	setReleased,
} from './store.ts'

type Deps = { db: Database; clock: Clock; log: Log }

/** Whether this database is the one that Envoi was sending from, so that a copy or an old backup mails nobody. */
export type Installation = {
	/** Why sending is held; undefined where it is not. Looks anew where the last look is some seconds old. */
	findHold(): Promise<Hold | undefined>
	/** The same as it stands in the database, some seconds old at most: for who only tells of it. Asks nobody else, and changes nothing. */
	readHold(): Promise<Hold | undefined>
	/** Lets this database send from now on. Gives whether sending was held; twice is fine. */
	release(actor: Actor): Promise<boolean>
}

const believedForMs = 5_000

/**
 * Looks at the database that has been opened, and holds sending where it was restored or copied. At the first start it
 * becomes this installation's.
 */
export async function openInstallation(deps: Deps, identity: DatabaseIdentity): Promise<Installation> {
	const { db, clock, log } = deps
	const { id, place, mark } = identity
	let seen: number | undefined
	let told: HoldReason | undefined
	let looked: { at: number; hold: Hold | undefined } | undefined
	let looking: Promise<Hold | undefined> | undefined
	let read: { at: number; hold: Promise<Hold | undefined> } | undefined

	const look = async (): Promise<Hold | undefined> => {
		// read before the database moves on: other processes raise it meanwhile
		const known = highest(await mark?.read(), seen)
		const row = await nextGeneration(db)
		const reason = decideHold({ database: row, outside: { id, place, generation: known } })
		const hold = holdOf(row) ?? (reason && { since: clock.now(), reason })
		if (hold) {
			if (!row.heldSince) await setHeld(db, { reason: hold.reason, now: hold.since })
			if (told !== hold.reason) log.error({ reason: hold.reason, since: hold.since }, heldWords)
		} else {
			if ((id && !row.id) || (place && !row.place)) await completeInstallation(db, { id, place })
			await mark?.raise(row.generation)
			seen = row.generation
		}
		told = hold?.reason
		looked = { at: performance.now(), hold }
		read = undefined
		return hold
	}
	const findHold = async (): Promise<Hold | undefined> => {
		if (looked && !looked.hold && performance.now() - looked.at < believedForMs) return undefined
		looking ??= look().finally(() => {
			looking = undefined
		})
		return looking
	}

	const first = await mark?.read()
	await insertInstallation(db, { id, place, generation: first ?? 0 })
	await findHold()
	return {
		findHold,
		readHold: () => {
			if (!read || performance.now() - read.at >= believedForMs) {
				const hold = readHold(db)
				read = { at: performance.now(), hold }
				hold.catch(() => {
					read = undefined
				})
			}
			return read.hold
		},
		release: async (actor) => {
			const generation = highest(await mark?.read(), seen) ?? 0
			const held = await db.transaction().execute(async (tx) => {
				const wasHeld = await setReleased(tx, { id, place, generation })
				if (wasHeld)
					await recordAudit({ db: tx, clock }, { actor, action: 'resume', subject: 'installation' })
				return wasHeld
			})
			looked = undefined
			read = undefined
			if (held) log.info({}, 'staff lets this database send')
			return held
		},
	}
}

const heldWords =
	'sending is held: this database was restored or copied; once it is sure that it shall send, “envoi resume --after-restore”'

function highest(...generations: Array<number | undefined>): number | undefined {
	const known = generations.filter((generation) => generation !== undefined)
	return known.length > 0 ? Math.max(...known) : undefined
}
