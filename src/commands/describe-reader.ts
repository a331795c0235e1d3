import type { DigestForReaderAnswer, ReaderAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { facts, minute } from './print.ts'

type Subscription = ReaderAnswer['subscriptions'][number]
type Event = ReaderAnswer['history'][number]

/** A person: what stands against mailing them, each subscription, and all that happened. */
export function describeReader(reader: ReaderAnswer, context: CommandContext): string {
	const { t, table, width } = context
	const { suppression } = reader
	const head = facts(
		[
			[t('reader.fact.address'), reader.address],
			[t('reader.fact.given_name'), reader.givenName],
			[t('reader.fact.since'), minute(reader.since)],
			[
				t('reader.fact.suppression'),
				suppression &&
					t('reader.suppressed', {
						reason: t(`reader.suppression.${suppression.reason}`),
						since: minute(suppression.since),
					}),
			],
		],
		width,
	)
	const subscriptions = reader.subscriptions.map((each) => describeSubscription(each, context))
	const rows = reader.history.map((event) => toRow(event, t))
	const history = `${t('reader.history')}\n${table(['when', 'newsletter', 'what', 'detail'], rows)}`
	return [head, ...subscriptions, history].join('\n\n')
}

function describeSubscription(subscription: Subscription, { t, width }: CommandContext): string {
	const fact = (name: string) => t(`reader.fact.${name}`)
	const { choices, leavingReason, leavingComment } = subscription
	return facts(
		[
			[fact('newsletter'), subscription.newsletter],
			[fact('state'), t(`reader.state.${subscription.state}`)],
			[fact('language'), subscription.locale],
			[fact('joined'), minute(subscription.since)],
			[fact('source'), describeSource(subscription, t)],
			[fact('confirmed'), subscription.confirmedAt && minute(subscription.confirmedAt)],
			[fact('left'), subscription.unsubscribedAt && minute(subscription.unsubscribedAt)],
			[fact('leaving_reason'), [leavingReason, leavingComment].filter(Boolean).join(': ')],
			[fact('paused'), subscription.pausedUntil && minute(subscription.pausedUntil)],
			[fact('topics'), describeTopics(choices, t)],
			[fact('rhythm'), t(`reader.rhythm.${choices.rhythm}`)],
		],
		width,
	)
}

function describeSource({ source, sourceHost }: Subscription, t: CommandContext['t']): string {
	return [t(`readers.source.${source}`), sourceHost].filter(Boolean).join(' · ')
}

function describeTopics(
	{ allTopics, topics, leftOut }: Subscription['choices'],
	t: CommandContext['t'],
): string {
	if (!allTopics) return topics.join(', ')
	return leftOut.length > 0
		? t('reader.all_topics_but', { topics: leftOut.join(', ') })
		: t('reader.all_topics')
}

function toRow(event: Event, t: CommandContext['t']): string[] {
	const name =
		event.kind === 'digest' ? `digest.delivery.${event.what}` : `reader.${event.kind}.${event.what}`
	const what = t(`reader.kind.${event.kind}`, { what: t(name), digest: event.digestId ?? '' })
	const version =
		event.wordingVersion === null ? null : t('reader.wording', { version: event.wordingVersion })
	const reason =
		event.kind === 'suppression' && event.detail ? t(`reader.suppression.${event.detail}`) : event.detail
	const detail = [event.page, version, reason].filter(Boolean).join(' · ')
	return [minute(event.at), event.newsletter ?? '', what, detail]
}

/** What became of one digest for a person. */
export function describeDigestOf(found: DigestForReaderAnswer, { t }: CommandContext): string {
	const { digestId: digest, newsletter, state, reply, at, reason } = found
	if (!found.planned) return t('reader.missed', { digest, newsletter, reason: t(`reader.miss.${reason}`) })
	const told = t('reader.planned', {
		digest,
		newsletter,
		state: t(`digest.delivery.${state}`),
		at: at ? minute(at) : '',
	})
	return reply ? `${told}\n  ${reply}` : told
}
