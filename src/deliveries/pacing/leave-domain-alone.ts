import type { Database } from '../../kernel/database.ts'
import { keepPause } from './store.ts'

/** Sends nothing to a recipient domain for a while, in all processes; staff sees the reason in the status. */
export async function leaveDomainAlone(
	{ db }: { db: Database },
	domain: string,
	pause: { reason: string; seconds: number },
): Promise<void> {
	await keepPause(db, { scope: 'domain', name: domain }, pause)
}
