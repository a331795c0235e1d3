import { type Actor, operator } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { hashToken, type Keys } from '../kernel/keys.ts'
import { findValidKey, markKeyUsed } from './store/api-keys.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

/** `local`: the call came over the control socket, which only the account that runs Envoi can open. */
type Caller = { authorization: string | undefined; local: boolean }

const useNotedEveryMs = 60_000

/**
 * Gives who calls: the operator, or an API key sent as a bearer token (RFC 6750 §2.1).
 * Throws `unauthenticated`, after the same work whatever was wrong.
 */
export async function authenticate({ db, clock, keys }: Deps, caller: Caller): Promise<Actor> {
	if (caller.local) return operator
	const [, token] = /^Bearer +([A-Za-z0-9_-]{1,200})$/i.exec(caller.authorization ?? '') ?? []
	// looked up by a keyed hash: how far a guess agrees with it can't be timed
	const found = await findValidKey(db, hashToken(keys, token ?? ''))
	if (!found) throw new AppError('unauthenticated', 'errors.unauthenticated')
	const now = clock.now()
	if (!found.lastUsedAt || now.getTime() - found.lastUsedAt.getTime() >= useNotedEveryMs) {
		await markKeyUsed(db, found.id, now)
	}
	return { kind: 'key', id: found.id, scopes: found.scopes }
}
