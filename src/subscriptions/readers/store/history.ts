import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../../kernel/database.ts'
import type {
	DeliveryState,
	ReaderEventKind,
	SubscriptionState,
	SuppressionReason,
} from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { joinUsualProfile } from '../../store/profiles.ts'

/** Something that happened to a person’s subscriptions. What does not apply is null. */
export type ReaderEvent = {
	at: Date
	kind: ReaderEventKind
	/** What was done (consent), or what became of a mail, came back, or began and ended (suppression). */
	what: string
	newsletter: string | null
	digestId: number | null
	locale: Locale | null
	/** Where the person did it. */
	page: string | null
	wording: string | null
	wordingVersion: number | null
	ip: string | null
	choices: unknown
	/** The reply of a relay, the words of a report, which notice it was, the reason of a suppression. */
	detail: string | null
}

type Asked = { addressHash: string; subscriptionIds: readonly number[] }

/** All that is kept of what happened to a person, in the order of time. */
export async function selectHistory(
	db: DatabaseOrTransaction,
	{ addressHash, subscriptionIds }: Asked,
): Promise<ReaderEvent[]> {
	const ids = sql`${[...subscriptionIds]}::bigint[]`
	const nothing = sql`null::text, null::text, null::int, null::text, null::jsonb`
	const { rows } = await sql<ReaderEvent>`
		select h.at, h.kind, h.what, n.slug as newsletter, h.digest_id as "digestId", h.locale, h.page, h.wording,
			h.wording_version as "wordingVersion", h.ip, h.choices, h.detail
		from (
			select r.at, 'consent' as kind, r.action as what, r.subscription_id, null::bigint as digest_id, r.locale,
				r.page, r.wording, r.wording_version, r.ip, r.choices, null::text as detail, 1 as place, r.id
			from consent_receipts r where r.subscription_id = any(${ids})
			union all
			select coalesce(started_at, created_at), 'notice', state, subscription_id, null, locale,
				${nothing}, concat_ws(': ', kind, reply), 2, id
			from notices where subscription_id = any(${ids})
			union all
			select d.changed_at, 'digest', d.state::text, d.subscription_id, d.digest_id, null, ${nothing}, d.reply, 3, d.digest_id
			from subscriptions s
			join digests g on g.newsletter_id = s.newsletter_id
			join deliveries d on d.digest_id = g.id and d.subscription_id = s.id
			where s.id = any(${ids})
			union all
			select occurred_at, 'report', kind, subscription_id, digest_id, null, ${nothing},
				concat_ws(' ', class, nullif(status, ''), nullif(reply, ''), nullif(diagnostic, '')), 4, id
			from bounce_events where address_hash = ${addressHash} and matched_by is not null
			union all
			select created_at, 'suppression', 'suppressed', null, null, null, ${nothing}, reason, 5, 0
			from suppressions where address_hash = ${addressHash}
			union all
			select lifted_at, 'suppression', 'lifted', null, null, null, ${nothing}, reason, 6, 0
			from suppressions where address_hash = ${addressHash} and lifted_at is not null
		) h
		left join subscriptions s on s.id = h.subscription_id
		left join newsletters n on n.id = s.newsletter_id
		order by h.at, h.place, h.id`.execute(db)
	return rows
}

/** What is known of a digest and a person. What stands after `plannedAt` is how it was at that time. */
export type DigestFacts = {
	digestId: number
	newsletter: string
	plannedAt: Date | null
	/** Whether the rows of the ledger are gone. */
	forgotten: boolean
	joinedAt: Date | null
	delivery: { state: DeliveryState; reply: string | null; attempts: number; at: Date } | null
	standing: 'confirmed' | 'unsubscribed' | 'resubscribed' | null
	stateNow: SubscriptionState | null
	suppression: SuppressionReason | null
	paused: boolean
	/** Whether it was for readers of the other rhythm. */
	otherRhythm: boolean
	/** Whether no story of it was for the person’s choices and language. */
	nothingForChoices: boolean
	/** Whether something was, and the person chose anew while the audience was frozen. */
	choicesChanged: boolean
}

type FactsRow = Omit<DigestFacts, 'delivery'> & {
	deliveryState: DeliveryState | null
	reply: string | null
	attempts: number | null
	changedAt: Date | null
}

/**
 * Joins the language, profile and rhythm that a subscription `s` had when a digest `g` was planned, as `stood`: those of now, or what
 * its receipts say where it chose anew since. Who confirmed in another language began anew.
 */
const joinChoicesThen = sql`
	${joinUsualProfile}
	left join choice_profiles today on today.id = s.profile_id
	left join lateral (
		select r.choices from consent_receipts r
		where r.subscription_id = s.id and r.action = 'chosen' and r.at <= g.planned_at and not exists (
			select from consent_receipts later
			where later.subscription_id = s.id and later.id > r.id and later.at <= g.planned_at and (
				later.action = 'chosen' or later.action = 'confirmed' and later.locale <> r.choices->>'locale'
			)
		)
	) chosen on true
	left join lateral (
		select r.locale from consent_receipts r
		where r.subscription_id = s.id and r.action = 'confirmed' and r.at <= g.planned_at
		order by r.id desc limit 1
	) confirmed on true
	left join lateral (
		select coalesce(chosen.choices->>'locale', confirmed.locale, s.locale) as locale,
			coalesce((chosen.choices->>'allTopics')::boolean, true) as all_topics,
			chosen.choices->>'untranslated' as untranslated, coalesce(chosen.choices->>'rhythm', 'each') as rhythm,
			array(
				select id from topics t
				where t.newsletter_id = g.newsletter_id
					and (chosen.choices->'topics' ? t.slug or chosen.choices->'leftOut' ? t.slug)
				order by id
			) as topic_ids
	) told on true
	left join lateral (
		select s.locale, coalesce(s.profile_id, usual.id) as profile_id, coalesce(today.rhythm, 'each') as rhythm
		where coalesce(s.choices_changed_at <= g.planned_at, true)
		union all
		select told.locale, (
			select p.id from choice_profiles p
			where p.newsletter_id = g.newsletter_id and p.locale = told.locale and p.all_topics = told.all_topics
				and p.topic_ids = told.topic_ids and p.untranslated is not distinct from told.untranslated
				and p.rhythm = told.rhythm
		), told.rhythm
		where s.choices_changed_at > g.planned_at
	) stood on true`

/** Undefined where there is no such digest. */
export async function findDigestFacts(
	db: DatabaseOrTransaction,
	{ subscriberId, addressHash, digestId }: { subscriberId: number; addressHash: string; digestId: number },
): Promise<DigestFacts | undefined> {
	const last = (actions: readonly string[]) => sql`(
		select r.action from consent_receipts r
		where r.subscription_id = s.id and r.at <= g.planned_at and r.action = any(${[...actions]}::text[])
		order by r.at desc, r.id desc limit 1
	)`
	const { rows } = await sql<FactsRow>`
		select g.id as "digestId", n.slug as newsletter, g.planned_at as "plannedAt",
			g.ledger_sums is not null as forgotten, s.created_at as "joinedAt",
			d.state as "deliveryState", d.reply, d.attempts, d.changed_at as "changedAt",
			${last(['confirmed', 'unsubscribed', 'resubscribed'])} as standing, s.state as "stateNow",
			(
				select reason from suppressions where address_hash = ${addressHash} and created_at <= g.planned_at
					and (lifted_at is null or lifted_at > g.planned_at)
			) as suppression,
			coalesce(${last(['paused', 'resumed'])} = 'paused' and s.paused_until > g.planned_at, false) as paused,
			coalesce(c.digest_id is null and m.digest_id is null and stood.rhythm <> g.kind, false) as "otherRhythm",
			case
				when c.subscription_id is not null then c.variant_id is null
				when m.profile_id is not null then m.variant_id is null
				else not exists (select from variants v where v.digest_id = g.id and v.locale = stood.locale)
			end as "nothingForChoices",
			d.state is null and c.variant_id is not null as "choicesChanged"
		from digests g
		join newsletters n on n.id = g.newsletter_id
		left join subscriptions s on s.newsletter_id = g.newsletter_id and s.subscriber_id = ${subscriberId}
		left join deliveries d on d.digest_id = g.id and d.subscription_id = s.id
		left join changed_readers c on c.digest_id = g.id and c.subscription_id = s.id
		${joinChoicesThen}
		left join digest_profiles m on m.digest_id = g.id and m.profile_id = stood.profile_id
		where g.id = ${digestId}`.execute(db)
	const [row] = rows
	if (!row) return undefined
	const { deliveryState, reply, attempts, changedAt, ...facts } = row
	const delivery =
		deliveryState && changedAt
			? { state: deliveryState, reply, attempts: attempts ?? 0, at: changedAt }
			: null
	return { ...facts, delivery }
}
