import { z } from 'zod'
import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { hashToken, type Keys, randomToken } from '../kernel/keys.ts'
import { type ApiKey, insertApiKey, markKeyRevoked, selectApiKeys } from './store.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

export const apiKeyInput = z
	.strictObject({
		name: z
			.string()
			.trim()
			.min(1)
			.max(100)
			.refine((text) => !/\p{Cc}|[\u2028\u2029]/u.test(text), 'errors.field.one_line')
			.meta({ description: 'What it is for, to know it again.', example: 'website' }),
	})
	.meta({ id: 'ApiKeyInput' })

/** Makes an API key. This is the only time that the key itself is given: a keyed hash of it is stored. */
export async function createApiKey(
	{ db, clock, keys }: Deps,
	{ name }: z.output<typeof apiKeyInput>,
	actor: Actor,
): Promise<ApiKey & { key: string }> {
	const key = `envoi_${randomToken()}`
	const createdAt = clock.now()
	const id = await db.transaction().execute(async (tx) => {
		const made = await insertApiKey(tx, { name, keyHash: hashToken(keys, key), createdAt })
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `api-key:${made}` })
		return made
	})
	return { id, name, createdAt, lastUsedAt: null, revokedAt: null, key }
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
