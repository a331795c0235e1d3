import { AppError } from '../kernel/app-error.ts'
import { latestOccurrence } from '../kernel/cron.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Rhythm } from '../kernel/enumerations.ts'
import type { Newsletter, RoundUp } from '../newsletters/index.ts'
import { findLastRoundUp } from './store/digests.ts'

const dayMs = 86_400_000

/**
 * A newsletter as digests of a kind are made of it: a round-up has a limit and a subject of its own, and looks back to the
 * last one that went out. Throws `conflict` where the newsletter has none.
 */
export async function newsletterFor<Kept extends Newsletter>(
	db: DatabaseOrTransaction,
	newsletter: Kept,
	{ kind, now }: { kind: Rhythm; now: Date },
): Promise<Kept> {
	const { roundUp, texts, storyMaxAgeDays } = newsletter
	if (kind === 'each') return newsletter
	if (!roundUp) throw new AppError('conflict', 'errors.digest.no_round_up')
	const last = await findLastRoundUp(db, newsletter.id, now)
	return {
		...newsletter,
		storyLimit: roundUp.storyLimit,
		storyMaxAgeDays: Math.max(storyMaxAgeDays, daysBack(roundUp, now, last)),
		texts: texts.map((text) => ({ ...text, subjectPattern: text.roundUpSubjectPattern })),
	}
}

/** How a profile's rhythm counts: where there is no round-up everybody gets each digest. */
export function rhythmOf(rhythm: Rhythm, { roundUp }: Pick<Newsletter, 'roundUp'>): Rhythm {
	return roundUp ? rhythm : 'each'
}

/**
 * To the occurrence before the latest, since staff may send one between, and further where that one did not go out: so much
 * may be new to readers.
 */
function daysBack(roundUp: RoundUp, now: Date, last: Date | undefined): number {
	const latest = latestOccurrence(roundUp, now)
	const before = latestOccurrence(roundUp, new Date(latest.getTime() - 60_000))
	const since = Math.min(before.getTime(), last?.getTime() ?? Number.POSITIVE_INFINITY)
	return Math.ceil((now.getTime() - since) / dayMs) + 1
}
