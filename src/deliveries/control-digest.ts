import { recordAudit } from '../audit/index.ts'
import { completeDigest, getDigest, markCancelled, markPaused, markResumed } from '../digests/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { DigestState } from '../kernel/enumerations.ts'
import { type PlanDeps, startLanes } from './plan-digest.ts'
import { endHolds } from './relays/end-holds.ts'
import { excludeCancelled } from './store/audience.ts'

export type ControlDeps = PlanDeps

/**
 * Halts a digest: within 2 seconds no process begins another message of it; those under way are finished. Gives whether
 * anything changed: paused already is fine. Without an actor it is
 * Envoi itself that halts it, after an alert. Throws `not_found`, and `conflict` where it is over.
 */
export async function pauseDigest(
	deps: Pick<ControlDeps, 'db' | 'clock'>,
	digestId: number,
	actor: Actor | undefined,
): Promise<boolean> {
	const paused = await deps.db.transaction().execute(async (tx) => {
		if (!(await markPaused(tx, digestId))) return false
		if (actor) await auditDigest({ ...deps, db: tx }, actor, 'pause', digestId)
		return true
	})
	if (!paused) await requireState(deps, digestId, 'paused')
	return paused
}

/**
 * Lets a paused digest go on where it stood, and a relay that refuses our account be tried again. Gives whether anything changed. Throws `not_found`, and `conflict` where
 * it is over.
 */
export async function resumeDigest(deps: ControlDeps, digestId: number, actor: Actor): Promise<boolean> {
	const resumed = await deps.db.transaction().execute(async (tx) => {
		if (!(await markResumed(tx, digestId))) return false
		await auditDigest({ ...deps, db: tx }, actor, 'resume', digestId)
		return true
	})
	const { state } = resumed
		? await getDigest(deps, digestId)
		: await requireState(deps, digestId, 'planning', 'sending')
	await endHolds(deps, { actor })
	if (state === 'planning') {
		await deps.jobs.enqueue('plan-digest', { digestId }, { dedupe: String(digestId) })
	} else await startLanes(deps, digestId)
	return resumed
}

/**
 * Ends a digest for good: who is still due gets nothing and counts as excluded (`cancelled`); messages under way are
 * finished. Gives whether anything changed. Throws `not_found`, and `conflict` where it is completed.
 */
export async function cancelDigest(deps: ControlDeps, digestId: number, actor: Actor): Promise<boolean> {
	const cancelled = await deps.db.transaction().execute(async (tx) => {
		if (!(await markCancelled(tx, digestId))) return false
		await auditDigest({ ...deps, db: tx }, actor, 'cancel', digestId)
		return true
	})
	if (!cancelled) await requireState(deps, digestId, 'cancelled')
	await excludeCancelled(deps.db, digestId)
	await completeDigest(deps, digestId)
	return cancelled
}

/** Writes down what staff did to a digest. */
export function auditDigest(
	deps: { db: DatabaseOrTransaction; clock: Clock },
	actor: Actor,
	action: 'pause' | 'resume' | 'cancel' | 'resend' | 'export' | 'compose',
	digestId: number,
): Promise<void> {
	return recordAudit(deps, { actor, action, subject: `digest:${digestId}` })
}

async function requireState(deps: Pick<ControlDeps, 'db'>, digestId: number, ...states: DigestState[]) {
	const digest = await getDigest(deps, digestId)
	if (!states.includes(digest.state)) throw await refuseFor(deps, digestId)
	return digest
}

/** Why what was asked for can't be done with a digest in its state. Throws `not_found`. */
export async function refuseFor(deps: Pick<ControlDeps, 'db'>, digestId: number): Promise<AppError> {
	const { state } = await getDigest(deps, digestId)
	return new AppError('conflict', `errors.digest.is_${state}`, { params: { id: digestId } })
}
