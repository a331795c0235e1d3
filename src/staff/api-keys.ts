import { z } from 'zod'
import { recordAudit } from '../audit/index.ts'
import { type Actor, mayDo } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { hashToken, type Keys, randomToken } from '../kernel/keys.ts'
import { permissions } from '../kernel/permissions.ts'
import { lineInput } from '../kernel/text-input.ts'
import { type ApiKey, insertApiKey, markKeyRevoked, selectApiKeys } from './store/api-keys.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

export const apiKeyInput = z
	.strictObject({
		name: lineInput(100).meta({ description: 'What it is for, to know it again.', example: 'website' }),
		scopes: z
			.array(z.enum([...permissions, 'all']), 'errors.api_key.no_scopes')
			.min(1, 'errors.api_key.no_scopes')
			.transform((named) =>
				named.includes('all') ? null : permissions.filter((permission) => named.includes(permission)),
			)
			.meta({ description: 'What it may do; `all` for everything.', example: ['digests.send'] }),
	})
	.meta({ id: 'ApiKeyInput' })

/**
 * Makes an API key. This is the only time that the key itself is given: a keyed hash of it is stored. Throws `forbidden`
 * where it could do more than who makes it.
 */
export async function createApiKey(
	{ db, clock, keys }: Deps,
	{ name, scopes }: z.output<typeof apiKeyInput>,
	actor: Actor,
): Promise<ApiKey & { key: string }> {
	const lacking = (scopes ?? permissions).find((permission) => !mayDo(actor, permission))
	if (lacking)
		throw new AppError('forbidden', 'errors.api_key.more_than_own', { params: { permission: lacking } })
	const key = `envoi_${randomToken()}`
	const createdAt = clock.now()
	const id = await db.transaction().execute(async (tx) => {
		const made = await insertApiKey(tx, { name, scopes, keyHash: hashToken(keys, key), createdAt })
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `api-key:${made}` })
		return made
	})
	return { id, name, scopes, createdAt, lastUsedAt: null, revokedAt: null, key }
}

/** All API keys, oldest first, those that were revoked too. */
export function listApiKeys({ db }: Pick<Deps, 'db'>): Promise<ApiKey[]> {
	return selectApiKeys(db)
}

/** Makes a key worthless from the next request on; twice is fine. Throws `not_found`. */
export async function revokeApiKey(
	{ db, clock }: Pick<Deps, 'db' | 'clock'>,
	id: number,
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const found = await markKeyRevoked(tx, id, clock.now())
		if (!found) throw new AppError('not_found', 'errors.api_key.not_found', { params: { id } })
		await recordAudit({ db: tx, clock }, { actor, action: 'revoke', subject: `api-key:${id}` })
	})
}
