import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type {
	Rhythm,
	SubscriptionSource,
	SubscriptionState,
	UntranslatedRule,
} from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'

export type PersonRow = {
	id: number
	local: string
	domain: string
	addressHash: string
	givenName: string | null
	since: Date
}

const personColumns = [
	'id',
	'local_part as local',
	'domain',
	'address_hash as addressHash',
	'given_name as givenName',
	'created_at as since',
] as const

export async function findPersonById(db: DatabaseOrTransaction, id: number): Promise<PersonRow | undefined> {
	return db.selectFrom('subscribers').select(personColumns).where('id', '=', id).executeTakeFirst()
}

export async function findPersonByAddress(
	db: DatabaseOrTransaction,
	comparable: string,
): Promise<PersonRow | undefined> {
	return db
		.selectFrom('subscribers')
		.select(personColumns)
		.where('comparable_address', '=', comparable)
		.executeTakeFirst()
}

/** Whose addresses these keyed hashes are, each with the first newsletter by name that they have or had. */
export async function selectPersonsByHashes(
	db: DatabaseOrTransaction,
	hashes: readonly string[],
): Promise<Array<{ addressHash: string; id: number; local: string; domain: string; newsletter: string }>> {
	return db
		.selectFrom('subscribers as p')
		.innerJoinLateral(
			(eb) =>
				eb
					.selectFrom('subscriptions as s')
					.innerJoin('newsletters as n', 'n.id', 's.newsletter_id')
					.select('n.slug as newsletter')
					.whereRef('s.subscriber_id', '=', 'p.id')
					.orderBy('n.slug')
					.limit(1)
					.as('of'),
			(join) => join.onTrue(),
		)
		.select(['p.address_hash as addressHash', 'p.id', 'p.local_part as local', 'p.domain', 'newsletter'])
		.where('p.address_hash', 'in', hashes)
		.execute()
}

/** Those whose comparable address begins so, in its order. */
export async function selectPersons(
	db: DatabaseOrTransaction,
	beginning: string,
	limit: number,
): Promise<PersonRow[]> {
	const pattern = `${beginning.replace(/[\\%_]/g, '\\$&')}%`
	return db
		.selectFrom('subscribers')
		.select(personColumns)
		.where('comparable_address', 'like', pattern)
		.orderBy('comparable_address')
		.limit(limit)
		.execute()
}

/** What a person has chosen in a newsletter. */
export type ReaderChoices = {
	/** All topics and those to come, but for those left out; else only `topics`. */
	allTopics: boolean
	/** By their slugs. */
	topics: string[]
	leftOut: string[]
	/** Null: the newsletter’s rule. */
	untranslated: UntranslatedRule | null
	rhythm: Rhythm
}

export type ReaderSubscription = {
	id: number
	newsletter: string
	state: SubscriptionState
	locale: Locale
	since: Date
	/** How it came, and from which site, where a form on one is known. */
	source: SubscriptionSource
	sourceHost: string | null
	confirmedAt: Date | null
	unsubscribedAt: Date | null
	leavingReason: string | null
	leavingComment: string | null
	pausedUntil: Date | null
	choices: ReaderChoices
}

type SubscriptionRow = Omit<ReaderSubscription, 'choices'> & { subscriberId: number; named: string[] } & Pick<
		ReaderChoices,
		'allTopics' | 'untranslated' | 'rhythm'
	>

/** The subscriptions of persons, by newsletter. */
export async function selectPersonsSubscriptions(
	db: DatabaseOrTransaction,
	subscriberIds: readonly number[],
): Promise<Array<ReaderSubscription & { subscriberId: number }>> {
	if (subscriberIds.length === 0) return []
	const { rows } = await sql<SubscriptionRow>`
		select s.subscriber_id as "subscriberId", s.id, n.slug as newsletter, s.state, s.locale, s.created_at as since,
			s.source, s.source_host as "sourceHost",
			s.confirmed_at as "confirmedAt", s.unsubscribed_at as "unsubscribedAt",
			s.unsubscribe_reason as "leavingReason", s.unsubscribe_comment as "leavingComment",
			s.paused_until as "pausedUntil", coalesce(c.all_topics, true) as "allTopics", c.untranslated,
			coalesce(c.rhythm, 'each') as rhythm,
			coalesce((
				select array_agg(t.slug order by t.position, t.id) from topics t where t.id = any(c.topic_ids)
			), '{}') as named
		from subscriptions s
		join newsletters n on n.id = s.newsletter_id
		left join choice_profiles c on c.id = s.profile_id
		where s.subscriber_id = any(${[...subscriberIds]}::bigint[])
		order by n.slug`.execute(db)
	return rows.map(({ allTopics, named, untranslated, rhythm, ...row }) => ({
		...row,
		choices: {
			allTopics,
			topics: allTopics ? [] : named,
			leftOut: allTopics ? named : [],
			untranslated,
			rhythm,
		},
	}))
}
