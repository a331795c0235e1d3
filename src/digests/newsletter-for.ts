import { AppError } from '../kernel/app-error.ts'
import { latestOccurrence } from '../kernel/cron.ts'
import type { Rhythm } from '../kernel/enumerations.ts'
import type { Newsletter, RoundUp } from '../newsletters/index.ts'

const dayMs = 86_400_000

/**
 * A newsletter as digests of a kind are made of it: a round-up has a limit and a subject of its own, and looks back to the
 * round-up before. Throws `conflict` where the newsletter has none.
 */
export function newsletterFor<Kept extends Newsletter>(newsletter: Kept, kind: Rhythm, now: Date): Kept {
	const { roundUp, texts, storyMaxAgeDays } = newsletter
	if (kind === 'each') return newsletter
	if (!roundUp) throw new AppError('conflict', 'errors.digest.no_round_up')
	return {
		...newsletter,
		storyLimit: roundUp.storyLimit,
		storyMaxAgeDays: Math.max(storyMaxAgeDays, daysBack(roundUp, now)),
		texts: texts.map((text) => ({ ...text, subjectPattern: text.roundUpSubjectPattern })),
	}
}

/** How a profile's rhythm counts: where there is no round-up everybody gets each digest. */
export function rhythmOf(rhythm: Rhythm, { roundUp }: Pick<Newsletter, 'roundUp'>): Rhythm {
	return roundUp ? rhythm : 'each'
}

/** To before the occurrence before the latest: so much may be new to readers, also where staff sends one between. */
function daysBack(roundUp: RoundUp, now: Date): number {
	const latest = latestOccurrence(roundUp, now)
	const before = latestOccurrence(roundUp, new Date(latest.getTime() - 60_000))
	return Math.ceil((now.getTime() - before.getTime()) / dayMs) + 1
}
