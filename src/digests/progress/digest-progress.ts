import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { DeliveryState } from '../../kernel/enumerations.ts'
import type { AudienceSums, DeliverySums } from '../../kernel/tables/digests.ts'
import type { Digest } from '../digest.ts'
import { getDigest } from '../list-digests.ts'
import { countDeliveries, findLedgerSums } from '../store/ledger-sums.ts'
import { findStall } from './find-stall.ts'
import type { LiveProgress } from './live-progress.ts'
import { selectPulse, selectTallies } from './store.ts'

/**
 * What has become of a digest so far: `candidates` = `planned` + all `excluded`, and `planned` = `accepted` + `refused`
 * + `inDoubt` + `due` + `bounced` + `complained`. Who unsubscribed or was suppressed after planning counts as excluded.
 */
export type DigestProgress = Omit<LiveProgress, 'state' | 'over'> & {
	digest: Digest
	candidates: number
	/**
	 * By reason: `pending`, `unsubscribed`, `suppressed`, `paused`, `no_rendition`, `nothing_for_choices`, `choices_changed`,
	 * `cancelled`.
	 */
	excluded: Record<string, number>
	/** Whether the sums come out right; where not, something is wrong with the ledger. */
	balanced: boolean
}

type Counts = Readonly<DeliverySums>

/** Counting more rows than these takes so long that it is left for when the digest is over. */
const maxCountedWhileOpen = 100_000

/**
 * The sums of a digest, counted from its ledger; while a large one is being sent, from the tallies that are kept beside
 * it. Throws `not_found`.
 */
export async function digestProgress(
	{ db }: { db: DatabaseOrTransaction },
	digestId: number,
): Promise<DigestProgress> {
	const digest = await getDigest({ db }, digestId)
	const [pulse] = await selectPulse(db, { ids: [digestId] })
	const stalledSince = (pulse && (await findStall({ db }, pulse))) ?? null
	const planned = digest.audience?.planned ?? 0
	const counts: Counts =
		digest.completedAt === null && planned > maxCountedWhileOpen
			? [{ state: 'planned', reason: null, count: planned }, ...(await selectTallies(db, digestId))]
			: ((await findLedgerSums(db, digestId)) ?? (await countDeliveries(db, digestId)))
	return { ...sumUp(digest, counts), stalledSince }
}

function sumUp(digest: Digest, counts: Counts): Omit<DigestProgress, 'stalledSince'> {
	const audience: AudienceSums = digest.audience ?? { candidates: 0, planned: 0, excluded: {} }
	const inState = (...states: DeliveryState[]) =>
		counts.filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0)
	const excluded = { ...audience.excluded }
	for (const { state, reason, count } of counts) {
		if (state === 'excluded') excluded[reason ?? ''] = (excluded[reason ?? ''] ?? 0) + count
	}
	const planned = audience.planned - inState('excluded')
	const sumOfExcluded = Object.values(excluded).reduce((sum, count) => sum + count, 0)
	return {
		digest,
		candidates: audience.candidates,
		planned,
		excluded,
		accepted: inState('accepted'),
		refused: inState('refused'),
		inDoubt: inState('in_doubt'),
		due: inState('planned', 'sending'),
		sending: inState('sending'),
		bounced: inState('bounced'),
		complained: inState('complained'),
		balanced:
			audience.candidates === planned + sumOfExcluded &&
			planned === inState('accepted', 'refused', 'in_doubt', 'planned', 'sending', 'bounced', 'complained'),
	}
}
