import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** Addresses that tests of a newsletter's digests go to, by a name. */
export type TestList = { id: number; name: string; addresses: string[] }

export function selectTestLists(db: DatabaseOrTransaction, newsletterId: number): Promise<TestList[]> {
	return db
		.selectFrom('test_lists')
		.select(['id', 'name', 'addresses'])
		.where('newsletter_id', '=', newsletterId)
		.orderBy('name')
		.orderBy('id')
		.execute()
}

/** False where another list of the newsletter has the name. */
export async function insertTestList(
	tx: DatabaseOrTransaction,
	newsletterId: number,
	{ name, addresses }: Omit<TestList, 'id'>,
): Promise<boolean> {
	const { numInsertedOrUpdatedRows } = await tx
		.insertInto('test_lists')
		.values({ newsletter_id: newsletterId, name, addresses })
		.onConflict((conflict) => conflict.doNothing())
		.executeTakeFirst()
	return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function updateTestList(
	tx: DatabaseOrTransaction,
	{ id, name, addresses }: TestList,
): Promise<void> {
	await tx.updateTable('test_lists').set({ name, addresses }).where('id', '=', id).execute()
}

export async function deleteTestList(tx: DatabaseOrTransaction, id: number): Promise<void> {
	await tx.deleteFrom('test_lists').where('id', '=', id).execute()
}
