import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import { selectPersonsByHashes } from './store/persons.ts'

/** Whose address a keyed hash is, with a newsletter that the person has or had. */
export type NamedPerson = { id: number; address: string; newsletter: string }

/** Who is known by keyed hashes of addresses, by hash; that they were read is written down where there are any. */
export async function namePersonsByHashes(
	deps: { db: Database; clock: Clock },
	hashes: readonly string[],
	actor: Actor,
): Promise<Map<string, NamedPerson>> {
	const found = hashes.length === 0 ? [] : await selectPersonsByHashes(deps.db, hashes)
	if (found.length > 0) await recordAudit(deps, { actor, action: 'find', subject: 'suppressions' })
	return new Map(
		found.map(({ addressHash, id, newsletter, ...row }) => [
			addressHash,
			{ id, newsletter, address: displayAddress(row) },
		]),
	)
}
