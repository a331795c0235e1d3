import { mayDo } from '../../../kernel/actor.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { listTopics, type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { isThrowAway, type Reader } from '../../../subscriptions/index.ts'
import { toReaderAnswer } from '../../api/readers/reader-answers.ts'
import type { RequestContext } from '../../server/route.ts'
import { nameActor, readNames, type Who } from '../audit/describe-audit.ts'
import { topicNames } from '../describe-stories.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { describeHistory, type HistoryRow } from './describe-history.ts'
import { describeNext, type NextView } from './describe-next.ts'
import { describeStanding, type Standing } from './describe-standing.ts'
import type { ReadersPageDeps } from './routes.ts'

type Event = Reader['history'][number]

/** The proof of a consent; without a wording where none was shown, as by a program. */
export type Consent = {
	wording: string | null
	version: number | null
	locale: Locale
	shownOn: string
	signedUpAt: Date | null
	confirmedAt: Date | null
}

export type ReaderView = {
	say: Speech
	slug: string
	id: number
	address: string
	isThrowAway: boolean
	since: Date
	standing: Standing
	/** Digests that a relay took, and when it took the last. */
	received: { count: number; last: Date | null }
	/** What the person wishes to be called. */
	givenName: string | null
	choices: {
		locale: Locale
		topics: { rule: 'all' | 'all_but' | 'only' | 'none'; names: string[] } | null
		rhythm: string
		pausedUntil: Date | null
	}
	leaving: { reason: string | null; comment: string | null }
	consent: Consent | null
	history: Array<HistoryRow & { by: Who | null }>
	/** How many there are in all, where not all are shown. */
	entries: number
	next: NextView | null
	may: { change: boolean; choose: boolean; whole: boolean }
}

const entriesShown = 30
const taken = new Set(['accepted', 'bounced', 'complained'])

/** What a newsletter's page of one reader shows; of other newsletters nothing, but whether there are hidden ones (`whole`). */
export async function describeReader(
	deps: ReadersPageDeps,
	{
		reader,
		newsletter,
		whole,
		all,
	}: { reader: Reader; newsletter: Newsletter; whole: boolean; all: boolean },
	request: RequestContext,
): Promise<ReaderView> {
	const { locale } = request
	const { slug } = newsletter
	const subscription = reader.subscriptions.find((each) => each.newsletter === slug)
	if (!subscription) throw new Error(`reader ${reader.id} has no subscription of ${slug}`)
	const told = toReaderAnswer(reader, deps.messages, locale)
	const history = describeHistory(told.history, slug)
	const now = deps.clock.now()
	const suppression = reader.suppression?.reason ?? null
	const standing = describeStanding({ ...subscription, suppression }, now)
	const receivedAt = history.filter(({ kind, what }) => kind === 'digest' && taken.has(what))
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		slug,
		id: reader.id,
		address: reader.address,
		isThrowAway: isThrowAway(reader.address),
		since: (standing.name === 'active' && subscription.confirmedAt) || subscription.since,
		standing,
		received: { count: receivedAt.length, last: receivedAt[0]?.at ?? null },
		givenName: reader.givenName,
		choices: {
			locale: subscription.locale,
			topics: await describeTopics(deps, newsletter, { ...subscription, readIn: locale }),
			rhythm: subscription.choices.rhythm,
			pausedUntil:
				subscription.pausedUntil && subscription.pausedUntil > now ? subscription.pausedUntil : null,
		},
		leaving: { reason: subscription.leavingReason, comment: subscription.leavingComment },
		consent: describeConsent(reader.history.filter((event) => event.newsletter === slug)),
		history: await nameStaff(deps, all ? history : history.slice(0, entriesShown)),
		entries: history.length,
		next:
			(await describeNext(deps, newsletter, {
				subscriberId: reader.id,
				rhythm: subscription.choices.rhythm,
			})) ?? null,
		may: {
			change: mayDo(request.actor, 'subscribers.change'),
			choose: mayDo(request.actor, 'subscribers.change') && subscription.state === 'active',
			whole,
		},
	}
}

async function nameStaff(deps: ReadersPageDeps, history: HistoryRow[]): Promise<ReaderView['history']> {
	const names = history.some(({ place }) => place?.by) ? await readNames(deps) : undefined
	return history.map((row) => ({
		...row,
		by: names && row.place?.by ? nameActor(row.place.by, names) : null,
	}))
}

/** Null where the newsletter has no topics. */
async function describeTopics(
	deps: ReadersPageDeps,
	newsletter: Newsletter,
	{ choices, readIn }: Pick<Reader['subscriptions'][number], 'choices'> & { readIn: Locale },
): Promise<ReaderView['choices']['topics']> {
	const topics = await listTopics(deps, newsletter.id)
	if (topics.length === 0) return null
	const named = choices.allTopics ? choices.leftOut : choices.topics
	const ids = topics.filter(({ slug }) => named.includes(slug)).map(({ id }) => id)
	const names = topicNames(topics, ids, readIn)
	if (choices.allTopics) return { rule: names.length > 0 ? 'all_but' : 'all', names }
	return { rule: names.length > 0 ? 'only' : 'none', names }
}

/** The last consent: what was agreed to when signing up, and when that was confirmed. */
function describeConsent(history: readonly Event[]): Consent | null {
	const receipts = history.filter(({ kind }) => kind === 'consent')
	const confirmed = receipts.findLast(({ what }) => what === 'confirmed')
	const before = confirmed ? receipts.slice(0, receipts.indexOf(confirmed)) : receipts
	const requested = before.findLast(({ what }) => what === 'requested')
	const shown = [requested, confirmed].find((receipt) => receipt?.wording) ?? requested ?? confirmed
	if (!shown) return null
	const locale = shown.locale ?? 'en'
	return {
		wording: shown.wording,
		version: shown.wordingVersion,
		locale,
		shownOn: shown.page ?? '',
		signedUpAt: requested?.at ?? null,
		confirmedAt: confirmed?.at ?? null,
	}
}
