import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { readGrowth } from './read-growth.ts'

/** On a day (UTC), many more people signed up than on the days before. */
export type SignupBurst = { day: string; count: number; usual: number }

const fewest = 1_000
const timesUsual = 5
const daysBefore = 28

/** A thousand sign-ups today or more, and five times what the four weeks before had in a day; undefined where it is not so. */
export async function findSignupBurst(
	{ db, clock }: { db: Database; clock: Clock },
	newsletterId: number,
): Promise<SignupBurst | undefined> {
	const dayOf = (date: Date) => date.toISOString().slice(0, 10)
	const day = dayOf(clock.now())
	const from = dayOf(addDays(clock.now(), -daysBefore))
	let [count, before] = [0, 0]
	for (const { period, source, joined } of await readGrowth(
		{ db, clock },
		{ newsletterId, by: 'day', from },
	)) {
		if (source === 'import') continue
		if (period === day) count += joined
		else before += joined
	}
	const usual = before / daysBefore
	return count >= fewest && count >= usual * timesUsual ? { day, count, usual: Math.round(usual) } : undefined
}
