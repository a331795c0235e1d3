import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Choices } from './decide-choices.ts'

/** A reader's choices as they are kept. */
export type KeptChoices = {
	choices: Choices
	/** Rises with each change. */
	version: number
	/** May have passed. */
	pausedUntil: Date | null
	/** The person's, whichever the newsletter. */
	givenName: string | null
}

type Row = Choices & Omit<KeptChoices, 'choices'>

/** Undefined where there is no such subscription. */
export async function selectChoices(
	db: DatabaseOrTransaction,
	subscriptionId: number,
): Promise<KeptChoices | undefined> {
	const { rows } = await sql<Row>`
		select s.locale, coalesce(c.all_topics, true) as "allTopics", coalesce(c.topic_ids, '{}') as "topicIds",
			c.untranslated, coalesce(c.rhythm, 'each') as rhythm, s.choices_version as version, s.paused_until as "pausedUntil",
			p.given_name as "givenName"
		from subscriptions s join subscribers p on p.id = s.subscriber_id
			left join choice_profiles c on c.id = s.profile_id
		where s.id = ${subscriptionId}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { version, pausedUntil, givenName, ...choices } = row
	return { choices: { ...choices, topicIds: choices.topicIds.map(Number) }, version, pausedUntil, givenName }
}

type Change = { subscriptionId: number; newsletterId: number; now: Date }

/** Gives a reader other choices; what they had is looked up from now on. */
export async function putChoices(
	tx: DatabaseOrTransaction,
	{ subscriptionId, newsletterId, now }: Change,
	{ locale, allTopics, topicIds, untranslated, rhythm }: Choices,
): Promise<void> {
	const ids = sql`${[...topicIds]}::bigint[]`
	await sql`
		insert into choice_profiles (newsletter_id, locale, all_topics, topic_ids, untranslated, rhythm)
		values (${newsletterId}, ${locale}, ${allTopics}, ${ids}, ${untranslated}, ${rhythm})
		on conflict do nothing`.execute(tx)
	await sql`
		update subscriptions s set locale = c.locale, profile_id = c.id, choices_version = s.choices_version + 1,
			choices_changed_at = ${now}::timestamptz, updated_at = ${now}::timestamptz
		from choice_profiles c
		where s.id = ${subscriptionId} and c.newsletter_id = ${newsletterId} and c.locale = ${locale}
			and c.all_topics = ${allTopics} and c.topic_ids = ${ids}
			and c.untranslated is not distinct from ${untranslated}::text and c.rhythm = ${rhythm}`.execute(tx)
}

/**
 * Stops mail until a time, or no longer: who comes back early is looked up like one who chose anew. Gives nothing where
 * the subscription is gone.
 */
export async function putPause(
	tx: DatabaseOrTransaction,
	{ subscriptionId, now }: Omit<Change, 'newsletterId'>,
	until: Date | null,
): Promise<void> {
	await tx
		.updateTable('subscriptions')
		.set({ paused_until: until, choices_changed_at: now, updated_at: now })
		.where('id', '=', subscriptionId)
		.execute()
}
