import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** Whoever changes a person's name holds the person (`lockPersons`) before any subscription. */

export async function setGivenName(
	tx: DatabaseOrTransaction,
	id: number,
	givenName: string | null,
): Promise<void> {
	await tx.updateTable('subscribers').set({ given_name: givenName }).where('id', '=', id).execute()
}

type Persons = { from: number; to: number }

/** Gives the person of a new address the name of who asked for it; one without a name changes nothing. */
export async function carryGivenName(tx: DatabaseOrTransaction, { from, to }: Persons): Promise<void> {
	await sql`
		update subscribers other set given_name = p.given_name from subscribers p
		where other.id = ${to} and p.id = ${from} and p.given_name is not null`.execute(tx)
}

/** Takes the name away again that a person has from another one. */
export async function takeGivenNameBack(tx: DatabaseOrTransaction, { from, to }: Persons): Promise<void> {
	await sql`
		update subscribers other set given_name = null from subscribers p
		where other.id = ${to} and p.id = ${from} and other.given_name = p.given_name`.execute(tx)
}
