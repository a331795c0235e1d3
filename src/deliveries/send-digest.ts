import { completeDigest, getDigest, readRenditions, selectDigestState } from '../digests/index.ts'
import { asksGivenName, getNewsletter } from '../newsletters/index.ts'
import { type ComposeDeps, createComposer } from './create-composer.ts'
import { Lane, type LaneDeps, type LaneEnd } from './lane/lane.ts'
import { excludeCancelled } from './store/audience.ts'

export type SendDeps = LaneDeps & ComposeDeps

/**
 * Sends what is due of a digest until nothing is, no relay can be had, staff halts it, or the process stops. Any
 * number of calls and processes may do so at once: each row is claimed once.
 */
export async function sendDigest(
	deps: SendDeps,
	{ digestId, lane: number }: { digestId: number; lane: number },
): Promise<LaneEnd> {
	const digest = await getDigest(deps, digestId)
	if (digest.state !== 'sending') return { kind: 'nothing_due' }
	const reason = await deps.relays.findHold()
	if (reason !== undefined) return { kind: 'relay_unavailable', reason }
	const newsletter = await getNewsletter(deps, { id: digest.newsletterId })
	const renditions = readRenditions(deps.db, digestId)
	const compose = await createComposer(deps, { digest, newsletter, renditions })

	const lane = new Lane(deps, { digestId, withNames: asksGivenName(newsletter) }, compose)
	const end = await lane.run()
	const log = deps.log.child({ digestId, lane: number, accepted: lane.accepted })
	log.info({ end: end.kind, reason: 'reason' in end ? end.reason : undefined }, 'a lane came to its end')
	// resumed meanwhile: the queue took this lane for the one that was asked for
	if (end.kind === 'digest_halted' && (await selectDigestState(deps.db, digestId)) === 'sending') {
		return sendDigest(deps, { digestId, lane: number })
	}
	if (end.kind === 'nothing_due' || end.kind === 'digest_halted') {
		// this lane may have handed rows back after the digest was cancelled
		await excludeCancelled(deps.db, digestId)
		await completeDigest(deps, digestId)
	}
	return end
}
