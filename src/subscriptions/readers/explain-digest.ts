import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { DeliveryState, MissReason } from '../../kernel/enumerations.ts'
import { getPerson } from './show-reader.ts'
import { type DigestFacts, findDigestFacts } from './store/history.ts'

/** What became of a digest for a person: a delivery, or why there is none. */
export type DigestForReader = { digestId: number; newsletter: string } & (
	| { planned: true; state: DeliveryState; reply: string | null; attempts: number; at: Date }
	| { planned: false; reason: MissReason }
)

/** Tells why a person got a digest or did not; that it was asked is written down. Throws `not_found`. */
export async function explainDigest(
	deps: { db: Database; clock: Clock },
	{ id, digestId }: { id: number; digestId: number },
	actor: Actor,
): Promise<DigestForReader> {
	const { addressHash } = await getPerson(deps.db, id)
	await recordAudit(deps, {
		actor,
		action: 'show',
		subject: `subscriber:${id}`,
		detail: `digest ${digestId}`,
	})
	const facts = await findDigestFacts(deps.db, { subscriberId: id, addressHash, digestId })
	if (!facts) throw new AppError('not_found', 'errors.digest.not_found', { params: { id: digestId } })
	const { newsletter, delivery } = facts
	if (delivery) return { digestId, newsletter, planned: true, ...delivery }
	return { digestId, newsletter, planned: false, reason: decideWhyMissed(facts) }
}

/** Why there is no delivery, by how everything stood when the digest was planned. */
export function decideWhyMissed(
	facts: Omit<DigestFacts, 'delivery' | 'digestId' | 'newsletter'>,
): MissReason {
	const { plannedAt, joinedAt, standing } = facts
	if (!joinedAt) return 'not_subscribed'
	if (!plannedAt) return 'not_planned_yet'
	if (joinedAt > plannedAt) return 'joined_later'
	if (standing === 'unsubscribed') return 'unsubscribed'
	// one that came in without a confirmation has no receipt of it
	if (standing === null && facts.stateNow !== 'active') return 'pending'
	if (facts.suppression) return 'suppressed'
	if (facts.forgotten) return 'forgotten'
	if (facts.paused) return 'paused'
	if (facts.otherRhythm) return 'other_rhythm'
	if (facts.nothingForChoices) return 'nothing_for_choices'
	return facts.choicesChanged ? 'choices_changed' : 'unknown'
}
