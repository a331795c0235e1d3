import { sql } from 'kysely'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import { operator } from '../../src/kernel/actor.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { createApiKey } from '../../src/staff/index.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'

export type DoubtfulRow = { address: string; process: string; lost: boolean }

/** What the harness does in the database itself, beside the processes that it watches. */
export type LedgerOfRun = {
	slug: string
	apiKey: string
	/** The digests that there are. */
	digestIds(): Promise<number[]>
	/** What was put off is due now: the waits between tries are minutes and hours. */
	ageDeferred(): Promise<void>
	/** Ends the leases of processes that are certainly dead: a lease is a minute long. */
	expireLeasesOf(dead: readonly string[]): Promise<void>
	countOpen(): Promise<{ planned: number; sending: number }>
	/** The rows in doubt; `lost` says that their worker was lost, else the relay's reply was. */
	findDoubtful(): Promise<DoubtfulRow[]>
	addressesIn(...states: string[]): Promise<string[]>
	close(): Promise<void>
}

/**
 * Makes a newsletter with one story and as many readers, `reader1@example.net` …, and notes from then on which process
 * each claim was made by: processes are known by the application name of their connections.
 */
export async function openLedgerOfRun(url: string, secretKey: string, readers: number): Promise<LedgerOfRun> {
	const database = await openDatabase({ url }, () => {})
	await migrateDatabase(database)
	const { db } = database
	const parts = { db, clock: systemClock, keys: deriveKeys(secretKey) }
	const newsletter = await makeNewsletter(parts)
	await makeStory(parts, newsletter.id)
	const { key } = await createApiKey(parts, { name: 'chaos', scopes: null }, operator)
	await sql`
		with people as (
			insert into subscribers (local_part, domain, comparable_address, address_hash)
			select 'reader' || n, 'example.net', 'reader' || n || '@example.net', 'hash of reader ' || n
			from generate_series(1, ${readers}::int) n returning id
		)
		insert into subscriptions (newsletter_id, subscriber_id, locale, state)
		select ${newsletter.id}, id, 'en', 'active' from people`.execute(db)
	await sql`create table run_lanes (worker text primary key, process text not null)`.execute(db)
	await sql`
		create function note_lane() returns trigger language plpgsql as $$
		begin
			insert into run_lanes values (new.worker, current_setting('application_name')) on conflict do nothing;
			return null;
		end $$`.execute(db)
	await sql`
		create trigger note_lane after update on deliveries for each row
		when (new.state = 'sending' and old.state = 'planned') execute function note_lane()`.execute(db)

	return {
		slug: newsletter.slug,
		apiKey: key,
		digestIds: async () => (await db.selectFrom('digests').select('id').execute()).map(({ id }) => id),
		ageDeferred: async () => {
			await sql`update deliveries set due_at = now() where state = 'planned' and due_at > now()`.execute(db)
		},
		expireLeasesOf: async (dead) => {
			await sql`
				update deliveries d set lease_until = now() - interval '1 second' from run_lanes l
				where d.state = 'sending' and l.worker = d.worker and l.process = any(${[...dead]}::text[])`.execute(
				db,
			)
		},
		countOpen: async () => {
			const { rows } = await sql<{ planned: number; sending: number }>`
				select count(*) filter (where state = 'planned')::int as planned,
					count(*) filter (where state = 'sending')::int as sending from deliveries`.execute(db)
			return rows[0] ?? { planned: 0, sending: 0 }
		},
		findDoubtful: async () => {
			const { rows } = await sql<DoubtfulRow>`
				select p.comparable_address as address, coalesce(l.process, '') as process, d.worker is not null as lost
				from deliveries d join subscriptions s on s.id = d.subscription_id
				join subscribers p on p.id = s.subscriber_id left join run_lanes l on l.worker = d.worker
				where d.state = 'in_doubt'`.execute(db)
			return rows
		},
		addressesIn: async (...states) => {
			const { rows } = await sql<{ address: string }>`
				select p.comparable_address as address from deliveries d
				join subscriptions s on s.id = d.subscription_id join subscribers p on p.id = s.subscriber_id
				where d.state::text = any(${states}::text[])`.execute(db)
			return rows.map(({ address }) => address)
		},
		close: () => database.close(),
	}
}
