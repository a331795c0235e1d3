import type { DatabaseOrTransaction } from '../kernel/database.ts'
import { closeAlertByKey, upsertAlert } from './store.ts'

/** What the caps on sign-ups keep back: how much, by which cap, to which domains, and from how many networks. */
type KeptBackSignups = {
	attackId: number
	tries: number
	caps: Record<string, number>
	domains: Record<string, number>
	networks: number
	at: Date
}

/** Raises the alert on an attack on the sign-up, or brings it up to date. One that staff has closed stays so. */
export function raiseSignupAlert(
	tx: DatabaseOrTransaction,
	{ attackId, tries, caps, domains, networks, at }: KeptBackSignups,
): Promise<{ id: number; isNew: boolean }> {
	const about = { digestId: null, planned: null, events: tries, classes: caps, domains, networks }
	return upsertAlert(tx, { key: keyOf(attackId), at, ...about })
}

/** Ends the alert on an attack that is over. */
export function closeSignupAlert(
	tx: DatabaseOrTransaction,
	{ attackId, at }: { attackId: number; at: Date },
): Promise<void> {
	return closeAlertByKey(tx, keyOf(attackId), at)
}

function keyOf(attackId: number): string {
	return `signups/${attackId}`
}
