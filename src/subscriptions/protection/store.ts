import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { estimateAll } from './estimate-all.ts'
import type { KeptBackCounts } from './record-kept-back.ts'

export type Attack = {
	id: number
	hourFrom: Date
	hourTries: number
	/** Since when it has been quiet. */
	lastAt: Date
	/** Null where it is too little to be one, so far. */
	toldAt: Date | null
}

/** What is under way, or begins with this, locked. */
export async function lockAttack(tx: DatabaseOrTransaction, now: Date): Promise<Attack> {
	await tx
		.insertInto('signup_attacks')
		.values({ began_at: now, last_at: now, hour_from: now, hour_tries: 0 })
		.onConflict((conflict) => conflict.doNothing())
		.execute()
	return tx
		.selectFrom('signup_attacks')
		.select([
			'id',
			'hour_from as hourFrom',
			'hour_tries as hourTries',
			'last_at as lastAt',
			'told_at as toldAt',
		])
		.forUpdate()
		.executeTakeFirstOrThrow()
}

/** So many domains and networks of an attack are kept, however many it has. */
const mostKept = 10_000

/** Of more domains than are kept those that were tried most are, of networks those whose hashes are the smallest. */
export async function addCounts(
	tx: DatabaseOrTransaction,
	attackId: number,
	{ caps, domains, networks }: KeptBackCounts,
): Promise<void> {
	const rows = [
		...[...caps].map(([name, tries]) => ({ kind: 'cap', name, tries })),
		...[...domains].map(([name, tries]) => ({ kind: 'domain', name, tries })),
		...[...networks].map(([name, tries]) => ({ kind: 'network', name, tries })),
	]
	await sql`
		insert into signup_attack_counts as known (attack_id, kind, name, tries)
		select ${attackId}, * from unnest(
			${rows.map(({ kind }) => kind)}::text[], ${rows.map(({ name }) => name)}::text[],
			${rows.map(({ tries }) => tries)}::int[]
		)
		on conflict (attack_id, kind, name) do update set tries = known.tries + excluded.tries`.execute(tx)
	for (const [kind, order] of [
		['domain', sql`tries desc, name`],
		['network', sql`name collate "C"`],
	] as const) {
		await sql`
			delete from signup_attack_counts where ctid = any(array(
				select ctid from signup_attack_counts where attack_id = ${attackId} and kind = ${kind}
				order by ${order} offset ${mostKept}
			))`.execute(tx)
	}
}

export async function updateAttack(
	tx: DatabaseOrTransaction,
	id: number,
	{ lastAt, hourFrom, hourTries, toldAt }: Omit<Attack, 'id'>,
): Promise<void> {
	await tx
		.updateTable('signup_attacks')
		.set({ last_at: lastAt, hour_from: hourFrom, hour_tries: hourTries, told_at: toldAt })
		.where('id', '=', id)
		.execute()
}

/** Of so many domains an alert tells by name. */
const mostDomains = 20

/** What an attack has come to; of how many networks is estimated, to about a hundredth, where not all are kept. */
export async function readCounts(tx: DatabaseOrTransaction, attackId: number) {
	const rows = await tx
		.selectFrom('signup_attack_counts')
		.select(['kind', 'name', 'tries'])
		.where('attack_id', '=', attackId)
		.where('kind', '=', 'cap')
		.unionAll(
			tx
				.selectFrom(
					tx
						.selectFrom('signup_attack_counts')
						.select(['kind', 'name', 'tries'])
						.where('attack_id', '=', attackId)
						.where('kind', '=', 'domain')
						.orderBy('tries', 'desc')
						.orderBy('name')
						.limit(mostDomains)
						.as('domains'),
				)
				.selectAll(),
		)
		.execute()
	const named = (kind: string) =>
		Object.fromEntries(rows.filter((row) => row.kind === kind).map(({ name, tries }) => [name, tries]))
	const kept = await tx
		.selectFrom('signup_attack_counts')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.select(sql<string | null>`max(name collate "C")`.as('last'))
		.where('attack_id', '=', attackId)
		.where('kind', '=', 'network')
		.executeTakeFirstOrThrow()
	const networks = estimateAll(Number(kept.count), mostKept, kept.last ?? '')
	const caps = named('cap')
	const tries = Object.values(caps).reduce((sum, each) => sum + each, 0)
	return { tries, caps, domains: named('domain'), networks }
}

/** Deletes what was quiet since; gives whether staff had been told of it. */
export async function deleteQuietAttack(
	tx: DatabaseOrTransaction,
	since: Date,
): Promise<{ id: number; wasTold: boolean } | undefined> {
	const row = await tx
		.deleteFrom('signup_attacks')
		.where('last_at', '<', since)
		.returning(['id', 'told_at'])
		.executeTakeFirst()
	return row && { id: row.id, wasTold: row.told_at !== null }
}

/** Whether there is an attack that staff was told of. */
export async function hasAttack(db: DatabaseOrTransaction): Promise<boolean> {
	const row = await db
		.selectFrom('signup_attacks')
		.select('id')
		.where('told_at', 'is not', null)
		.executeTakeFirst()
	return row !== undefined
}
