import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Logo } from '../../kernel/rasterise-logo.ts'

export async function insertLogo(db: DatabaseOrTransaction, { hash, png }: Logo): Promise<void> {
	await db
		.insertInto('logos')
		.values({ hash, png })
		.onConflict((conflict) => conflict.column('hash').doNothing())
		.execute()
}

export async function selectLogo(db: DatabaseOrTransaction, hash: string): Promise<Buffer | undefined> {
	const row = await db.selectFrom('logos').select('png').where('hash', '=', hash).executeTakeFirst()
	return row && Buffer.from(row.png)
}
