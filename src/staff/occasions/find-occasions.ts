import { type Alert, listAlerts, listPausingAlerts } from '../../alerts/index.ts'
import {
	getDigest,
	listApprovalNews,
	listFinishedDigests,
	listStalledDigests,
	listWaitingDrafts,
} from '../../digests/index.ts'
import { readActorName } from '../../kernel/actor.ts'
import { addDays, addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { OccasionKind } from '../../kernel/occasions.ts'
import { listNewsletters } from '../../newsletters/index.ts'
import { listBrokenSources } from '../../stories/index.ts'
import { findSignupBurst, listFinishedImports, quietSeconds } from '../../subscriptions/index.ts'
import { listWebhookEndpoints } from '../../webhooks/index.ts'

/** Something that staff is told of; `key` tells it from all others, and is the same while it lasts. */
export type Occasion = {
	key: string
	kind: OccasionKind
	/** Null where it is of the whole installation. */
	newsletterId: number | null
	/** The draft, source, digest or alert. */
	subjectId: number | null
	/** Where not all who may be told are. */
	audience?: { only: number } | { sendersBut: number | null }
}

export type OccasionDeps = { db: Database; clock: Clock }

/** What there is to tell now. */
export async function findOccasions(deps: OccasionDeps): Promise<Occasion[]> {
	return [
		...(await findDrafts(deps)),
		...(await findApprovals(deps)),
		...(await findSources(deps)),
		...(await findStalls(deps)),
		...(await findFinished(deps)),
		...(await findAlerts(deps)),
		...(await findSignups(deps)),
		...(await findImports(deps)),
		...(await findWebhooks(deps)),
		...(await findAttacks(deps)),
	]
}

/** One mail when it is made, and one where it then did not go out by itself. */
async function findDrafts({ db }: OccasionDeps): Promise<Occasion[]> {
	return (await listWaitingDrafts(db)).map(({ id, newsletterId, occurrence, heldWhy }) => {
		const what = heldWhy === null || heldWhy === 'person' ? 'draft-ready' : 'draft-held'
		const key = `${what} ${id} ${occurrence.toISOString()}`
		return { key, kind: 'draft_ready', newsletterId, subjectId: id }
	})
}

/** Who asks is told to those who may approve; who sent back, to who wrote last. */
async function findApprovals({ db }: OccasionDeps): Promise<Occasion[]> {
	return (await listApprovalNews({ db })).flatMap((news): Occasion[] => {
		const { draftId, newsletterId, state, savedById } = news
		if (state === 'back' && savedById === null) return []
		const audience = state === 'back' ? { only: savedById ?? 0 } : { sendersBut: savedById }
		return [{ key: approvalKey(news), kind: 'approval', newsletterId, subjectId: draftId, audience }]
	})
}

export function approvalKey({ draftId, state, at }: { draftId: number; state: string; at: Date }): string {
	return `approval-${state} ${draftId} ${at.toISOString()}`
}

const brokenAfterDays = 1

async function findSources({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const broken = await listBrokenSources({ db }, { before: addDays(clock.now(), -brokenAfterDays) })
	return broken.map(({ id, newsletterId, failingSince }) => ({
		key: `source-broken ${id} ${failingSince.toISOString()}`,
		kind: 'source_broken',
		newsletterId,
		subjectId: id,
	}))
}

async function findStalls({ db }: OccasionDeps): Promise<Occasion[]> {
	return (await listStalledDigests(db)).map(({ id, newsletterId, since }) => ({
		key: `digest-stalled ${id} ${since.toISOString()}`,
		kind: 'digest_stalled',
		newsletterId,
		subjectId: id,
	}))
}

async function findFinished({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const found = await listFinishedDigests(db, { since: addDays(clock.now(), -1) })
	return found.map(({ id, newsletterId }) => ({
		key: `digest-finished ${id}`,
		kind: 'digest_finished',
		newsletterId,
		subjectId: id,
	}))
}

/** Whether an alert also pauses its digest is known a moment after it was raised. */
const settledAfterSeconds = 60
const mostAlerts = 50

async function findAlerts({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const now = clock.now()
	const pausing = new Set(await listPausingAlerts({ db }))
	const found: Occasion[] = []
	for (const { id, digestId, networks, raisedAt } of await listAlerts(
		{ db },
		{ all: false, limit: mostAlerts },
	)) {
		// told as attacks
		if (networks !== null) continue
		if (raisedAt > addSeconds(now, -settledAfterSeconds) || raisedAt < addDays(now, -1)) continue
		const digest = digestId === null ? undefined : await getDigest({ db }, digestId)
		const newsletterId = digest?.newsletterId ?? null
		// the pause is what there is to be told of
		if (digest?.state === 'paused' && pausing.has(id)) {
			const subjectId = digest.id
			found.push({ key: `digest-paused ${id}`, kind: 'digest_stalled', newsletterId, subjectId })
		} else found.push({ key: `returned-mail ${id}`, kind: 'returned_mail', newsletterId, subjectId: id })
	}
	return found
}

/** That one has begun, and that it is over: what staff closed before is none to be told of. */
async function findAttacks({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const dayAgo = addDays(clock.now(), -1)
	const found: Occasion[] = []
	for (const alert of await listAlerts({ db }, { all: true, limit: mostAlerts })) {
		const at = alert.closedAt ?? alert.raisedAt
		if (alert.networks === null || at < dayAgo) continue
		const state = stateOfAttack(alert)
		if (state === 'seen') continue
		const key = `signup-attack-${state} ${alert.id}`
		found.push({ key, kind: 'signup_attack', newsletterId: null, subjectId: alert.id })
	}
	return found
}

/** `seen`: closed by staff while it lasted. */
export function stateOfAttack({ closedAt, updatedAt }: Alert): 'on' | 'over' | 'seen' {
	if (!closedAt) return 'on'
	return closedAt >= addSeconds(updatedAt, quietSeconds) ? 'over' : 'seen'
}

async function findSignups(deps: OccasionDeps): Promise<Occasion[]> {
	const found: Occasion[] = []
	for (const { id: newsletterId } of await listNewsletters(deps)) {
		const burst = await findSignupBurst(deps, newsletterId)
		if (!burst) continue
		found.push({
			key: `signups ${newsletterId} ${burst.day}`,
			kind: 'signups',
			newsletterId,
			subjectId: null,
		})
	}
	return found
}

/** Told to who brought the file. */
async function findImports({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const found = await listFinishedImports({ db }, { since: addDays(clock.now(), -1) })
	return found.flatMap(({ id, newsletterId, broughtBy, finishedAt }): Occasion[] => {
		const by = readActorName(broughtBy)
		if (by?.kind !== 'member') return []
		const key = `import-finished ${id} ${finishedAt.toISOString()}`
		return [{ key, kind: 'import_finished', newsletterId, subjectId: id, audience: { only: by.id } }]
	})
}

/** Those that were switched off by themselves, lately. */
async function findWebhooks({ db, clock }: OccasionDeps): Promise<Occasion[]> {
	const since = addDays(clock.now(), -1)
	return (await listWebhookEndpoints({ db })).flatMap((endpoint): Occasion[] => {
		const { disabledAt, disabledWhy } = endpoint
		if (!disabledAt || disabledAt < since || disabledWhy === 'staff') return []
		const key = webhookKey(endpoint)
		return [{ key, kind: 'webhook_off', newsletterId: null, subjectId: endpoint.id }]
	})
}

export function webhookKey({ id, disabledAt }: { id: number; disabledAt: Date | null }): string {
	return `webhook-off ${id} ${disabledAt?.toISOString()}`
}
