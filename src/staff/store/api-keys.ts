import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Permission } from '../../kernel/permissions.ts'

/** What may be shown of an API key: not the key itself, which is nowhere. */
export type ApiKey = {
	id: number
	name: string
	createdAt: Date
	lastUsedAt: Date | null
	revokedAt: Date | null
	/** What it may do; null stands for everything. */
	scopes: Permission[] | null
}

export async function insertApiKey(
	db: DatabaseOrTransaction,
	key: Pick<ApiKey, 'name' | 'createdAt' | 'scopes'> & { keyHash: string },
): Promise<number> {
	const { id } = await db
		.insertInto('api_keys')
		.values({ name: key.name, key_hash: key.keyHash, created_at: key.createdAt, scopes: key.scopes })
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

export async function selectApiKeys(db: DatabaseOrTransaction): Promise<ApiKey[]> {
	return db
		.selectFrom('api_keys')
		.select([
			'id',
			'name',
			'created_at as createdAt',
			'last_used_at as lastUsedAt',
			'revoked_at as revokedAt',
			'scopes',
		])
		.orderBy('id')
		.execute()
}

/** The key with this hash, unless it is revoked. */
export async function findValidKey(
	db: DatabaseOrTransaction,
	keyHash: string,
): Promise<Pick<ApiKey, 'id' | 'lastUsedAt' | 'scopes'> | undefined> {
	return db
		.selectFrom('api_keys')
		.select(['id', 'last_used_at as lastUsedAt', 'scopes'])
		.where('key_hash', '=', keyHash)
		.where('revoked_at', 'is', null)
		.executeTakeFirst()
}

export async function markKeyUsed(db: DatabaseOrTransaction, id: number, at: Date): Promise<void> {
	await db.updateTable('api_keys').set({ last_used_at: at }).where('id', '=', id).execute()
}

/** False where there is no such key; one that is revoked already keeps its time. */
export async function markKeyRevoked(db: DatabaseOrTransaction, id: number, at: Date): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable('api_keys')
		.set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
		.where('id', '=', id)
		.executeTakeFirst()
	return numUpdatedRows > 0n
}
