import { sql } from 'kysely'
import type { Database } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type {
	Rhythm,
	SubscriptionSource,
	SubscriptionState,
	SuppressionReason,
	UntranslatedRule,
} from '../../kernel/enumerations.ts'
import type { Cell, DataSet } from '../data-set.ts'
import { inPages } from './in-pages.ts'
import { selectTopicWords, type TopicWords } from './topics.ts'

/** Readers with what they chose. The first columns are those that an import takes, under the names that it knows. */
export const readers: DataSet = {
	columns: [
		'email',
		'given_name',
		'state',
		'language',
		'topics',
		'topics_left_out',
		'rhythm',
		'untranslated',
		'joined_at',
		'confirmed_at',
		'left_at',
		'paused_until',
		'suppressed',
		'left_because',
		'left_comment',
		'source',
		'site',
		'consent_until',
	],
	async *read(db, { newsletterId }) {
		const words = await selectTopicWords(db, newsletterId)
		for await (const rows of inPages<Row>((after, limit) => select(db, newsletterId, after, limit)))
			yield rows.map((row) => toCells(row, words))
	},
}

type Row = {
	id: number
	local: string
	domain: string
	givenName: string | null
	state: SubscriptionState
	locale: string
	allTopics: boolean
	topicIds: number[]
	rhythm: Rhythm
	untranslated: UntranslatedRule | null
	joinedAt: Date
	confirmedAt: Date | null
	leftAt: Date | null
	pausedUntil: Date | null
	suppressed: SuppressionReason | null
	leftBecause: string | null
	leftComment: string | null
	source: SubscriptionSource
	site: string | null
	consentUntil: Date | null
}

async function select(
	db: Database,
	newsletterId: number,
	after: Row | undefined,
	limit: number,
): Promise<Row[]> {
	const { rows } = await sql<Row>`
		select s.id, p.local_part as local, p.domain, p.given_name as "givenName", s.state, s.locale,
			coalesce(c.all_topics, true) as "allTopics", coalesce(c.topic_ids, '{}') as "topicIds",
			coalesce(c.rhythm, 'each') as rhythm, c.untranslated, s.created_at as "joinedAt", s.confirmed_at as "confirmedAt",
			s.unsubscribed_at as "leftAt", s.paused_until as "pausedUntil", x.reason as suppressed,
			s.unsubscribe_reason as "leftBecause", s.unsubscribe_comment as "leftComment", s.source, s.source_host as site,
			s.consent_until as "consentUntil"
		from (
			select * from subscriptions where newsletter_id = ${newsletterId} and id > ${after?.id ?? 0} order by id limit ${limit}
		) s
		join lateral (select * from subscribers where id = s.subscriber_id limit 1) p on true
		left join lateral (
			select reason from suppressions where address_hash = p.address_hash and lifted_at is null limit 1
		) x on true
		left join lateral (select * from choice_profiles where id = s.profile_id limit 1) c on true
		order by s.id`.execute(db)
	return rows
}

function toCells(row: Row, words: TopicWords): Cell[] {
	const named = row.topicIds.flatMap((id) => words.slugs.get(Number(id)) ?? [])
	return [
		displayAddress(row),
		row.givenName,
		stateOf(row),
		row.locale,
		topicsOf(row.allTopics, named, words),
		row.allTopics ? named : [],
		row.rhythm,
		row.untranslated,
		row.joinedAt,
		row.confirmedAt,
		row.leftAt,
		row.pausedUntil,
		row.suppressed,
		row.leftBecause,
		row.leftComment,
		row.source,
		row.site,
		row.consentUntil,
	]
}

/** So that nobody is mailed again who is suppressed, where the table comes without that of the suppressions. */
function stateOf({ state, suppressed }: Row): string {
	if (suppressed === null) return state
	if (suppressed === 'complaint') return 'complained'
	return suppressed === 'staff' || suppressed === 'erased' ? 'suppressed' : 'bounced'
}

function topicsOf(isAll: boolean, named: string[], { all, none }: TopicWords): string[] {
	if (isAll) return [all]
	return named.length > 0 ? named : [none]
}
