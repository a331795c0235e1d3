import type { Database } from '../kernel/database.ts'
import {
	type Alert,
	type AlertOfNewsletter,
	type NewsletterAlertFilter,
	selectAlerts,
	selectAlertsOfNewsletter,
	selectPausingAlerts,
} from './store.ts'

type Deps = { db: Database }

/** Alerts, the newest first; those that staff has closed only with `all`. */
export function listAlerts({ db }: Deps, wanted: { all: boolean; limit: number }): Promise<Alert[]> {
	return selectAlerts(db, wanted)
}

/** The ids of open alerts because of which something was paused. */
export function listPausingAlerts({ db }: Deps): Promise<number[]> {
	return selectPausingAlerts(db)
}

/** The newest alert on a digest that staff has not closed yet. */
export async function findAlertOfDigest({ db }: Deps, digestId: number): Promise<Alert | undefined> {
	const [alert] = await selectAlerts(db, { all: false, digestId, limit: 1 })
	return alert
}

/** The newest alert on a digest that staff has closed. */
export async function findClosedAlertOfDigest({ db }: Deps, digestId: number): Promise<Alert | undefined> {
	const alerts = await selectAlerts(db, { all: true, digestId, limit: 10 })
	return alerts.find(({ closedAt }) => closedAt !== null)
}

/** Alerts that concern a newsletter, open or closed, the newest first, a page at a time. */
export function listAlertsOfNewsletter(
	{ db }: Deps,
	filter: NewsletterAlertFilter,
): Promise<AlertOfNewsletter[]> {
	return selectAlertsOfNewsletter(db, filter)
}
