import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { displayAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { readBeginning } from './find-readers.ts'
import { type FoundRow, selectReaders } from './store/search.ts'

/** A reader of a newsletter as a search shows them. */
export type ReaderOfNewsletter = Omit<FoundRow, 'local' | 'domain'> & { address: string }

/**
 * The readers of a newsletter whose address is this one or begins so, at most `limit`, in the order of their addresses; that
 * staff looked is written down. Throws `invalid` where it is too short.
 */
export async function searchReaders(
	deps: { db: Database; clock: Clock },
	{ newsletterId, address, limit }: { newsletterId: number; address: string; limit: number },
	actor: Actor,
): Promise<ReaderOfNewsletter[]> {
	const typed = readBeginning(address)
	// a whole address is looked for as it is kept, with its domain in ASCII
	const whole = parseEmailAddress(typed)
	const beginning = whole.ok ? whole.address.comparable : typed
	await recordAudit(deps, { actor, action: 'find', subject: 'subscribers' })
	const found = await selectReaders(deps.db, { newsletterId, beginning, limit })
	return found.map(({ local, domain, ...row }) => ({ ...row, address: displayAddress({ local, domain }) }))
}
