import { raiseSignupAlert } from '../../alerts/index.ts'
import { addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { endIfQuiet } from './end-quiet-attack.ts'
import { addCounts, lockAttack, readCounts, updateAttack } from './store.ts'

export type RecordDeps = { db: Database; clock: Clock; log: Log }

/** How much was kept back, in all and by name. */
export type KeptBackCounts = {
	tries: number
	caps: Map<string, number>
	domains: ReadonlyMap<string, number>
	/** Keyed hashes. */
	networks: ReadonlyMap<string, number>
}

/** From so many on within an hour, staff is told: fewer are an office, or people who press twice. */
export const triesOfAttack = 50

/** With fewer within an hour it does not go on: else a try now and then kept it open, and staff was never told of the next one. */
const triesToGoOn = triesOfAttack / 5

const hourSeconds = 3_600

/**
 * Writes down what the caps kept back. From a number on that is an attack: an alert is raised, one for all processes and
 * for as long as it lasts, and brought up to date from then on.
 */
export async function recordKeptBack({ db, clock, log }: RecordDeps, counts: KeptBackCounts): Promise<void> {
	const now = clock.now()
	const raised = await db.transaction().execute(async (tx) => {
		await endIfQuiet(tx, now)
		const attack = await lockAttack(tx, now)
		await addCounts(tx, attack.id, counts)
		const isSameHour = attack.hourFrom > addSeconds(now, -hourSeconds)
		const hourFrom = isSameHour ? attack.hourFrom : now
		const hourTries = counts.tries + (isSameHour ? attack.hourTries : 0)
		const toldAt = attack.toldAt ?? (hourTries >= triesOfAttack ? now : null)
		const goesOn = attack.toldAt === null || hourTries >= triesToGoOn
		const lastAt = goesOn ? now : attack.lastAt
		await updateAttack(tx, attack.id, { lastAt, hourFrom, hourTries, toldAt })
		return toldAt && goesOn ? await bringUpToDate(tx, attack.id, now) : undefined
	})
	if (raised?.isNew) {
		log.error(raised, 'staff is alerted: more sign-ups come than the caps let through')
	}
}

async function bringUpToDate(tx: DatabaseOrTransaction, attackId: number, at: Date) {
	const counts = await readCounts(tx, attackId)
	const { id: alertId, isNew } = await raiseSignupAlert(tx, { attackId, at, ...counts })
	const { tries, caps, networks } = counts
	return { alertId, isNew, tries, caps, networks }
}
