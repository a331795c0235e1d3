import { claimPauses, findClosedAlertOfDigest, type RaisedAlert, upsertAlert } from '../alerts/index.ts'
import { pauseDomain } from '../deliveries/index.ts'
import { pauseDigest } from '../digests/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { addSeconds, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import { ownReason } from '../kernel/own-reason.ts'
import { decidePauses, type Pauses } from './decide-pauses.ts'
import { countFaults, type FaultCount, findPlanned } from './store/counts.ts'

/** From when on refusals of our own fault are told to staff. */
export type AlertSettings = {
	/** More than this share of a digest's deliveries, in percent. */
	alertPercent: number
	/** This many deliveries within an hour, of whatever digests. */
	alertPerHour: number
}

type Deps = { db: Database; clock: Clock; log: Log; config: { bouncePolicy: AlertSettings } }

/**
 * Looks at how many deliveries, of a digest and within the hour, met a refusal for content, policy or the sender, and
 * raises an alert where they are too many: once for a digest and once an hour, then only brought up to date. Once staff has closed that
 * of a digest, as many again are another one. With the alert, what refuses us is paused (`decidePauses`).
 */
export async function watchFaults(deps: Deps, digestId: number): Promise<void> {
	const { db, clock, config } = deps
	const now = clock.now()
	const closed = await findClosedAlertOfDigest(deps, digestId)
	const ofDigest = await countFaults(db, { digestId, recordedSince: closed?.closedAt ?? null })
	const planned = await findPlanned(db, digestId)
	if (isTooManyOf(sumOf(ofDigest), planned, config.bouncePolicy.alertPercent)) {
		const key = closed ? `digest/${digestId}/${closed.id}` : `digest/${digestId}`
		await raise(deps, digestId, { key, digestId, planned, at: now, ...sumUp(ofDigest) })
	}
	const ofHour = await countFaults(db, { since: addSeconds(now, -3_600) })
	if (sumOf(ofHour) >= config.bouncePolicy.alertPerHour) {
		const key = `hour/${now.toISOString().slice(0, 13)}`
		await raise(deps, digestId, { key, digestId: null, planned: null, at: now, ...sumUp(ofHour) })
	}
}

/** Whether a count is more than so many percent of a digest. */
function isTooManyOf(count: number, planned: number, percent: number): boolean {
	return planned > 0 && count * 100 > planned * percent
}

function sumOf(counts: readonly FaultCount[]): number {
	return counts.reduce((sum, { count }) => sum + count, 0)
}

const maxDomains = 20

function sumUp(counts: readonly FaultCount[]): Pick<RaisedAlert, 'events' | 'classes' | 'domains'> {
	const domains = Object.entries(sumBy(counts, 'domain')).sort(([, a], [, b]) => b - a)
	return {
		events: sumOf(counts),
		classes: sumBy(counts, 'class'),
		domains: Object.fromEntries(domains.slice(0, maxDomains)),
	}
}

function sumBy(counts: readonly FaultCount[], name: 'class' | 'domain'): Record<string, number> {
	const sums: Record<string, number> = {}
	for (const { [name]: value, count } of counts) sums[value] = (sums[value] ?? 0) + count
	return sums
}

async function raise(deps: Deps, watched: number, alert: RaisedAlert): Promise<void> {
	const { id, isNew } = await upsertAlert(deps.db, alert)
	if (isNew) logAlert(deps, id, alert)
	const pauses = decidePauses(alert)
	if (!pauses.digest && pauses.domains.length === 0) return
	if (await claimPauses(deps.db, id, alert.at)) await pauseRefusing(deps, watched, pauses)
}

function logAlert({ log }: Deps, id: number, alert: RaisedAlert): void {
	const { digestId, events, planned, classes, domains } = alert
	log.error(
		{ alertId: id, digestId, events, planned, classes, domains },
		'many deliveries are refused for a reason of our own: content, policy or sender',
	)
}

const domainPauseSeconds = 1_800

/** Pauses what the refusals of an alert point at; a digest that is over by then needs no pause. */
async function pauseRefusing(deps: Deps, watched: number, { domains, digest }: Pauses): Promise<void> {
	const reason = ownReason('our_fault')
	for (const domain of domains) await pauseDomain(deps, domain, { reason, seconds: domainPauseSeconds })
	if (digest) {
		await pauseDigest(deps, watched, undefined).catch((error: unknown) => {
			if (!(error instanceof AppError)) throw error
		})
	}
	deps.log.warn({ digestId: watched, domains, paused: digest }, 'paused after the alert')
}
