import { listAlertsOfNewsletter } from '../../../alerts/index.ts'
import {
	type Digest,
	type Draft,
	findCurrentDraft,
	findNext,
	forecastDigest,
	type LiveProgress,
	listAsked,
	listDigests,
	listMissed,
	liveProgress,
	readStoryGroups,
	wishOf,
} from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { listTopics, type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { listSources } from '../../../stories/index.ts'
import { countSubscriptions } from '../../../subscriptions/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { alertsSeenBy } from '../alerts/describe-alerts.ts'
import { describeGoing } from '../describe-schedule.ts'
import { describeStories, type StoryRow } from '../describe-stories.ts'
import { describeWaiting, type WaitingView } from '../drafts/describe-waiting.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { drawRibbon, type Ribbon } from './draw-ribbon.ts'
import type { HomePageDeps } from './routes.ts'

/** Something that needs a decision: in words of the string catalogs, with where its cure is. */
export type Attention = {
	name: string
	level: 'stops' | 'asks'
	params: Record<string, string | number>
	href: string | null
}

export type HomeView = {
	say: Speech
	slug: string
	schedule: string | null
	/** `isDraft`: a draft comes then, and nothing goes out by itself. */
	next: { at: Date; isDraft: boolean; skipped: boolean; hours: number; minutes: number; days: number } | null
	ribbon: Ribbon | null
	draft: { id: number; state: string; startsAt: Date | null } | null
	/** How the draft stands where the schedule made it, and that of the round-up. */
	waiting: WaitingView | null
	roundUp: WaitingView | null
	now: Date
	/** The letter that is being written. */
	letter: number | null
	subjects: Array<{ locale: Locale; subject: string }>
	counts: { inDigest: number; isNew: number; foreign: number }
	readers: number
	byLanguage: Array<{ locale: Locale; count: number }>
	stories: StoryRow[]
	since: Date | null
	running: { id: number; state: string; accepted: number; planned: number } | null
	last: (LiveProgress & { id: number; isLetter: boolean; at: Date }) | null
	attention: Attention[]
	active: { count: number; byLanguage: Array<{ locale: Locale; count: number }> }
	may: { prepare: boolean; send: boolean; readers: boolean }
}

const minuteMs = 60_000

/** What Home of a newsletter shows. */
export async function describeHome(
	deps: HomePageDeps,
	newsletter: Newsletter,
	request: RequestContext,
): Promise<HomeView> {
	const {
		locale,
		signedIn: { member },
	} = request
	const now = deps.clock.now()
	const say = speakTimes(deps.messages, locale, zoneOf(newsletter))
	const own = { newsletterId: newsletter.id, kind: 'each' } as const
	const draft = await findCurrentDraft(deps.db, own)
	const roundUp = await findCurrentDraft(deps.db, { ...own, kind: 'round_up' })
	const drafts = [draft, roundUp]
	const waiting = draft ? await describeWaiting(deps, { draft, newsletter }, member) : null
	const next = waiting ? goingOfDraft(waiting) : await findNextGoing(deps, newsletter, now)
	const forecast = await forecastDigest(deps, newsletter.id, { ...(draft && wishOf(draft)), quick: true })
	const digests = await listDigests(deps, newsletter.id, { limit: 5 })
	const running = digests.find(({ state }) => ['planning', 'sending', 'paused'].includes(state))
	const letter = await findCurrentDraft(deps.db, { ...own, isLetter: true })
	const over = digests.filter(({ state }) => state === 'completed')
	// a letter brought no story
	const lastDigest = over.find(({ isLetter }) => !isLetter)
	const topics = await listTopics(deps, newsletter.id)
	const leftOut = draft?.content.leftOut ?? []
	const ids = [...(draft?.content.storyIds ?? forecast.storyIds), ...leftOut]
	const groups = await readStoryGroups(deps.db, newsletter.id, ids, draft?.content.own)
	const stories = describeStories(groups, { locale, newsletter, topics, leftOut })
	const active = countActive(await countSubscriptions(deps, newsletter.id))
	const byLanguage = sumByLanguage(forecast.audience.variants)
	const inDigest = stories.filter(({ isIn }) => isIn)
	const progress = running && (await liveProgress(deps, running.id))
	return {
		say,
		slug: newsletter.slug,
		schedule: newsletter.schedule && describeGoing(deps.messages, locale, newsletter.schedule),
		next: next ? { ...next, ...until(next.at, now) } : null,
		ribbon:
			next && newsletter.schedule
				? drawRibbon({ from: lastDigest?.createdAt ?? null, now, to: next.at, stories, say })
				: null,
		draft: draft ? { id: draft.id, state: draft.state, startsAt: draft.startsAt } : null,
		waiting,
		roundUp: roundUp ? await describeWaiting(deps, { draft: roundUp, newsletter }, member) : null,
		now,
		letter: letter?.id ?? null,
		subjects: Object.entries(forecast.lines)
			.map(([each, { subject }]) => ({ locale: each, subject }))
			.toSorted((a, b) => Number(b.locale === locale) - Number(a.locale === locale)),
		counts: {
			inDigest: inDigest.length,
			isNew: stories.length,
			foreign: inDigest.filter(({ lacks }) => lacks.length > 0).length,
		},
		readers: byLanguage.reduce((sum, { count }) => sum + count, 0),
		byLanguage,
		stories,
		since: lastDigest?.createdAt ?? null,
		running:
			running && progress
				? { id: running.id, state: progress.state, accepted: progress.accepted, planned: progress.planned }
				: null,
		last: over[0] ? await describeLast(deps, over[0]) : null,
		attention: await findAttention(deps, newsletter, { missing: forecast.missing, request, drafts, say }),
		active,
		may: rightsOf(member),
	}
}

async function describeLast(
	deps: HomePageDeps,
	{ id, isLetter, createdAt }: Digest,
): Promise<NonNullable<HomeView['last']>> {
	return { ...(await liveProgress(deps, id)), id, isLetter, at: createdAt }
}

function rightsOf(member: RequestContext['signedIn']['member']): HomeView['may'] {
	return {
		prepare: mayDo(member, 'digests.prepare'),
		send: mayDo(member, 'digests.send'),
		readers: mayDo(member, 'subscribers.read'),
	}
}

type Next = { at: Date; isDraft: boolean; skipped: boolean }

/** What is held, or waits for somebody, has no time. */
function goingOfDraft({ state, goesAt }: WaitingView): Next | undefined {
	return state === 'goes' && goesAt ? { at: goesAt, isDraft: false, skipped: false } : undefined
}

async function findNextGoing(
	{ db }: HomePageDeps,
	newsletter: Newsletter,
	now: Date,
): Promise<Next | undefined> {
	const next = await findNext(db, newsletter, { now })
	return next && { at: next.goesAt ?? next.at, isDraft: next.goesAt === null, skipped: next.skipped }
}

function until(at: Date, now: Date): { days: number; hours: number; minutes: number } {
	const all = Math.max(0, Math.round((at.getTime() - now.getTime()) / minuteMs))
	return { days: Math.floor(all / 1_440), hours: Math.floor((all % 1_440) / 60), minutes: all % 60 }
}

function sumByLanguage(variants: ReadonlyArray<{ locale: Locale; readers: number }>) {
	const sums = new Map<Locale, number>()
	for (const { locale, readers } of variants) sums.set(locale, (sums.get(locale) ?? 0) + readers)
	return [...sums].map(([locale, count]) => ({ locale, count })).toSorted((a, b) => b.count - a.count)
}

function countActive(counts: Awaited<ReturnType<typeof countSubscriptions>>): HomeView['active'] {
	const byLanguage = Object.entries(counts.activeByLocale).map(([locale, count]) => ({ locale, count }))
	return {
		count: counts.active + counts.paused,
		byLanguage: byLanguage.toSorted((a, b) => b.count - a.count),
	}
}

/** Drafts that were to go out by themselves and did not; what a person holds needs nobody. */
function findHeld(drafts: ReadonlyArray<Draft | undefined>): Attention[] {
	return drafts.flatMap((draft) =>
		draft?.state === 'open' && draft.heldWhy !== null && draft.heldWhy !== 'person'
			? [{ name: 'draft_held', level: 'stops', params: {}, href: `/console/drafts/${draft.id}` }]
			: [],
	)
}

type AttentionWish = {
	missing: readonly string[]
	request: RequestContext
	drafts: ReadonlyArray<Draft | undefined>
	say: Speech
}

async function findAttention(
	deps: HomePageDeps,
	newsletter: Newsletter,
	{ missing, request, drafts, say }: AttentionWish,
): Promise<Attention[]> {
	const found: Attention[] = missing.map((detail) => ({
		name: `missing_${detail}`,
		level: 'stops',
		params: {},
		href: `/console/newsletters/${newsletter.slug}/settings`,
	}))
	found.push(...findHeld(drafts))
	for (const source of await listSources(deps, { newsletterId: newsletter.id })) {
		if (source.problem && source.state === 'active') {
			const { failingSince } = source
			const since = failingSince ? `${say.weekday(failingSince)}, ${say.time(failingSince)}` : 'none'
			const params = { title: source.url, since }
			found.push({
				name: 'source',
				level: 'asks',
				params,
				href: `/console/newsletters/${newsletter.slug}/sources`,
			})
		}
	}
	const missed = (await listMissed(deps)).filter(({ newsletterId }) => newsletterId === newsletter.id)
	const alertsPath = `/console/newsletters/${newsletter.slug}/alerts`
	if (missed.length > 0)
		found.push({
			name: 'missed',
			level: 'asks',
			params: { count: missed.length },
			href: `${alertsPath}#missed`,
		})
	const seen = alertsSeenBy(request, newsletter)
	const alerts = await listAlertsOfNewsletter(deps, { ...seen, closed: false, limit: 50 })
	const attacks = alerts.filter(({ networks }) => networks !== null)
	const count = alerts.length - attacks.length
	if (attacks.length > 0) found.push({ name: 'signup_attack', level: 'asks', params: {}, href: alertsPath })
	if (count > 0) found.push({ name: 'alerts', level: 'asks', params: { count }, href: alertsPath })
	if (mayDo(request.actor, 'digests.send')) {
		for (const { draftId, name } of await listAsked(deps, newsletter.id)) {
			const href = `/console/drafts/${draftId}/approve`
			found.push({ name: 'approval', level: 'asks', params: { name }, href })
		}
	}
	if (deps.captured) found.push({ name: 'captured', level: 'asks', params: {}, href: '/dev/mailbox' })
	return found
}
