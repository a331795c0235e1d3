import type { Database } from '../../kernel/database.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import type { ChallengeMode } from '../../kernel/signup-challenge.ts'
import { capOfAll, capOfNewsletter, type SignupLimits } from '../limit-signups.ts'
import { hasAttack } from './store.ts'

/** Whether who signs up for a newsletter is asked for a solution now. */
export type AsksChallenge = (newsletterId: number) => Promise<boolean>

type Deps = {
	db: Database
	limiter: Pick<Limiter, 'count'>
	config: SignupLimits & { signupChallenge: ChallengeMode }
}

/** Of the mails that a newsletter, or all, may send in an hour. */
const nearlyUsedUp = 0.8
/** What was seen is held for so long: a flood must not cost a look each. */
const heldMs = 1_000

/** Looks at what all processes share: the counters of the caps, and whether there is an attack. */
export function createAsksChallenge(deps: Deps): AsksChallenge {
	const mode = deps.config.signupChallenge
	const seen = new Map<number, { at: number; isUnder: Promise<boolean> }>()
	return async (newsletterId) => {
		if (mode !== 'under_pressure') return mode === 'always'
		const known = seen.get(newsletterId)
		if (known && performance.now() - known.at < heldMs) return known.isUnder
		const isUnder = isUnderPressure(deps, newsletterId)
		seen.set(newsletterId, { at: performance.now(), isUnder })
		// what failed is no answer to the next
		isUnder.catch(() => seen.delete(newsletterId))
		return isUnder
	}
}

async function isUnderPressure({ db, limiter, config }: Deps, newsletterId: number): Promise<boolean> {
	const caps = [capOfAll(config), capOfNewsletter(config, newsletterId)]
	const taken = await Promise.all(
		caps.map(({ key, cap }) => limiter.count(key, { points: cap, perSeconds: 3_600 })),
	)
	if (caps.some(({ cap }, index) => (taken[index] ?? 0) >= cap * nearlyUsedUp)) return true
	return hasAttack(db)
}
