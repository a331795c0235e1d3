import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'

/** A welcome that is due now. Gives its id, or undefined where one is due already. */
export async function addWelcome(
	tx: DatabaseOrTransaction,
	{ subscriptionId, mailboxHash, now }: { subscriptionId: number; mailboxHash: string; now: Date },
): Promise<number | undefined> {
	const { rows } = await sql<{ id: number }>`
		insert into notices (subscription_id, mailbox_hash, locale, due_at, created_at, purpose)
		select id, ${mailboxHash}, locale, ${now}::timestamptz, ${now}::timestamptz, 'welcome'
		from subscriptions where id = ${subscriptionId}
		on conflict do nothing returning id`.execute(tx)
	return rows[0]?.id
}

type Lost = {
	newsletterId: number
	comparable: string
	mailboxHash: string
	networks: readonly string[]
	hurried: boolean
	now: Date
}

/** The link to one's choices, where an address has a subscription; one statement, whether it has or not. */
export async function addLostLink(db: Database, lost: Lost): Promise<number | undefined> {
	const { rows } = await sql<{ id: number }>`
		insert into notices (subscription_id, mailbox_hash, locale, due_at, created_at, networks, hurried, purpose)
		select s.id, ${lost.mailboxHash}, s.locale, ${lost.now}::timestamptz, ${lost.now}::timestamptz,
			${[...lost.networks]}::text[], ${lost.hurried}, 'lost_link'
		from subscribers p join subscriptions s on s.subscriber_id = p.id
		where p.comparable_address = ${lost.comparable} and s.newsletter_id = ${lost.newsletterId}
			and s.state in ('pending', 'active')
		-- one that is being erased is as good as gone
		for key share of s
		on conflict do nothing returning id`.execute(db)
	return rows[0]?.id
}

// who is found later than this, as after the setting was changed, has not been waiting
const latestDays = 2

/** Has those reminded who signed up so many days ago and have not confirmed; each once for a sign-up. Gives the notices. */
export async function addReminders(
	db: Database,
	{ days, now }: { days: number; now: Date },
): Promise<number[]> {
	const { rows } = await sql<{ id: number }>`
		insert into notices (subscription_id, mailbox_hash, locale, due_at, created_at, purpose)
		select s.id, p.address_hash, s.locale, ${now}::timestamptz, ${now}::timestamptz, 'reminder'
		from subscriptions s
		join subscribers p on p.id = s.subscriber_id
		where s.state = 'pending' and s.source <> 'import'
			and s.updated_at <= ${now}::timestamptz - make_interval(days => ${days}::int)
			and s.updated_at > ${now}::timestamptz - make_interval(days => ${days + latestDays}::int)
			and exists (select from notices n where n.subscription_id = s.id and n.state = 'accepted')
			and not exists (
				select from notices n
				where n.subscription_id = s.id and n.purpose = 'reminder' and n.created_at >= s.updated_at
			)
			and not exists (
				select from suppressions x where x.address_hash = p.address_hash and x.lifted_at is null
			)
		-- who confirms, or is erased, at this moment needs none
		for key share of s skip locked
		on conflict do nothing returning id`.execute(db)
	return rows.map(({ id }) => id)
}
