import { scaleLinear } from 'd3-scale'
import { countBouncesOfDigest } from '../../../bounces/index.ts'
import { listPauses } from '../../../deliveries/index.ts'
import {
	approvalOf,
	archiveOfDigest,
	type Digest,
	findCorrection,
	findDraftOfDigest,
	type LiveProgress,
	listDigests,
	liveProgress,
	liveProgressOf,
} from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { countLeftFromDigests, type LeftFromDigest } from '../../../subscriptions/index.ts'
import { describeReply } from '../../server/describe-reply.ts'
import type { RequestContext } from '../../server/route.ts'
import { describeExcluded, type Excluded } from '../describe-excluded.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { describeHappened, type Happened } from './describe-happened.ts'
import { describeProviders, type ProviderRow } from './describe-providers.ts'
import { type Bar, drawBar } from './draw-bar.ts'
import type { DigestPagesDeps } from './routes.ts'

export type DigestSums = Pick<
	LiveProgress,
	'planned' | 'accepted' | 'refused' | 'inDoubt' | 'bounced' | 'complained'
> & { id: number; createdAt: Date; left: number }

export type DigestView = {
	say: Speech
	digest: Digest
	subject: string
	progress: LiveProgress
	isOver: boolean
	startedBy: string | null
	bar: Bar
	/** None where it is not planned yet. */
	providers: ProviderRow[]
	/** What was done to it, and who did it, the first first. */
	happened: Happened[]
	/** Who approved it, where a second person did. */
	approvedBy: string | null
	pauses: Array<{ scope: string; name: string; until: Date; reason: string; held: boolean }>
	stalled: boolean
	captured: boolean
	/** Readers who were active when it was planned, and who of them was left out. */
	active: number
	excluded: Excluded
	/** Who was left out after that. */
	reasons: Array<{ class: string; count: number }>
	/** Who left from it and stayed away. */
	left: { count: number; ways: Counted[]; reasons: Counted[] }
	twelve: DigestSums[]
	/** When these figures were read. */
	readAt: Date
	/** How many left from the digests before it, on average; null where there are none. */
	usuallyLeft: number | null
	bars: Array<{ x: number; y: number; height: number; isThis: boolean }>
	/** Whether its correction is being written. */
	isCorrected: boolean
	/** Its pages on the web; null where it has none yet. */
	archive: ArchiveOfDigest | null
	may: { send: boolean; addresses: boolean; prepare: boolean }
}

type Counted = { name: string; count: number }

export async function describeDigest(
	deps: DigestPagesDeps,
	{ digest, newsletter, request }: { digest: Digest; newsletter: Newsletter; request: RequestContext },
): Promise<DigestView> {
	const pauses = digest.state === 'sending' ? await listPauses(deps) : []
	const isOver = digest.state === 'completed' || digest.state === 'cancelled'
	const draft = await findDraftOfDigest(deps.db, digest.id)
	const excluded = describeExcluded(digest.audience?.excluded ?? {}, { all: digest.corrects !== null })
	const { locale } = request
	const { progress, left, sums } = await readSums(deps, digest, isOver ? await findEarlier(deps, digest) : [])
	const twelve = isOver ? sums : []
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		digest,
		subject: subjectIn(digest, locale),
		progress,
		isOver,
		startedBy: draft?.startedByName ?? null,
		approvedBy: draft ? await findApprover(deps, draft.id) : null,
		happened: await describeHappened(deps, digest.id),
		bar: drawBar(progress),
		providers: await describeProviders(deps, digest.id, pauses),
		pauses: pauses.map((pause) => ({
			...pause,
			reason: describeReply(deps.messages, locale, pause.reason),
		})),
		stalled: progress.stalledSince !== null,
		captured: deps.captured !== undefined,
		active: progress.planned + excluded.reduce((sum, { count }) => sum + count, 0),
		excluded,
		reasons: isOver ? await describeReturns(deps, digest.id) : [],
		left: describeLeft(left),
		twelve,
		readAt: deps.clock.now(),
		usuallyLeft: averageLeft(twelve.slice(0, -1)),
		bars: drawBars(twelve),
		isCorrected: digest.state === 'cancelled' && (await findCorrection(deps.db, digest.id)) !== undefined,
		archive: isOver ? await describeArchive(deps, digest, newsletter) : null,
		may: {
			prepare: mayDo(request.actor, 'digests.prepare'),
			send: mayDo(request.actor, 'digests.send'),
			addresses: mayDo(request.actor, 'subscribers.read'),
		},
	}
}

/** How a digest stands in the archive. */
export type ArchiveOfDigest = {
	standing: 'shown' | 'left_out' | 'is_off' | 'stopped'
	pages: Array<{ locale: Locale; path: string; isMended: boolean }>
}

async function describeArchive(
	deps: DigestPagesDeps,
	{ id }: Digest,
	newsletter: Newsletter,
): Promise<ArchiveOfDigest | null> {
	const pages = await archiveOfDigest(deps, id)
	const [first] = pages
	if (!first) return null
	const isPublished = first.publishedAt !== null
	const standing = first.leftOutAt ? 'left_out' : isPublished ? 'shown' : 'stopped'
	return {
		standing: newsletter.archive === 'off' ? 'is_off' : standing,
		pages: pages.map(({ locale, name, correctedAt }) => ({
			locale,
			path: `/newsletters/${newsletter.slug}/${locale}/archive/${name}`,
			isMended: correctedAt !== null,
		})),
	}
}

async function findApprover(deps: DigestPagesDeps, draftId: number): Promise<string | null> {
	const { isGiven, approvedByName } = await approvalOf(deps, draftId)
	return isGiven ? approvedByName : null
}

/** What a digest is called in a language, else in the first that it has. */
export function subjectIn({ renditions }: Digest, locale: Locale): string {
	return (renditions.find((each) => each.locale === locale) ?? renditions[0])?.subject ?? ''
}

async function describeReturns(deps: DigestPagesDeps, digestId: number): Promise<DigestView['reasons']> {
	const { total } = await countBouncesOfDigest(deps, digestId)
	const reasons: DigestView['reasons'] = Object.entries(total.classes).map(([name, count]) => ({
		class: name,
		count,
	}))
	if (total.complaints > 0) reasons.push({ class: 'complaint', count: total.complaints })
	return reasons.toSorted((a, b) => b.count - a.count)
}

function describeLeft(found: readonly LeftFromDigest[]): DigestView['left'] {
	const ways = new Map<string, number>()
	const reasons = new Map<string, number>()
	for (const { way, reason, count } of found) {
		ways.set(way, (ways.get(way) ?? 0) + count)
		if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
	}
	const sort = (counts: Map<string, number>): Counted[] =>
		[...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => b.count - a.count)
	return { count: found.reduce((sum, { count }) => sum + count, 0), ways: sort(ways), reasons: sort(reasons) }
}

/** The sums of a digest and of the eleven of its kind before it, the oldest first. */
export async function describeTwelve(deps: DigestPagesDeps, digest: Digest): Promise<DigestSums[]> {
	return (await readSums(deps, digest, await findEarlier(deps, digest))).sums
}

/** The eleven of its kind that went out before it, the newest first. */
async function findEarlier(
	deps: DigestPagesDeps,
	{ id, newsletterId, kind, isLetter, corrects }: Digest,
): Promise<Digest[]> {
	if (corrects !== null) return []
	const before = await listDigests(deps, newsletterId, { before: id, limit: 40 })
	const isLike = (each: Digest) =>
		each.kind === kind && each.isLetter === isLetter && each.corrects === null && each.state === 'completed'
	return before.filter(isLike).slice(0, 11)
}

/** How a digest stands, who left from it, and its sums after those of earlier ones. */
async function readSums(
	deps: DigestPagesDeps,
	digest: Digest,
	earlier: readonly Digest[],
): Promise<{ progress: LiveProgress; left: LeftFromDigest[]; sums: DigestSums[] }> {
	const all = [digest, ...earlier]
	const progress = await liveProgress(deps, digest.id)
	const progressOf = await liveProgressOf(
		deps,
		earlier.map(({ id }) => id),
	)
	progressOf.set(digest.id, progress)
	const gone = await countLeftFromDigests(
		deps,
		all.map(({ id }) => id),
	)
	const goneFrom = Map.groupBy(gone, ({ digestId }) => digestId)
	const sums = all.flatMap(({ id, createdAt }) => {
		const own = progressOf.get(id)
		if (!own) return []
		const { planned, accepted, refused, inDoubt, bounced, complained } = own
		const left = (goneFrom.get(id) ?? []).reduce((sum, { count }) => sum + count, 0)
		return [{ id, createdAt, planned, accepted, refused, inDoubt, bounced, complained, left }]
	})
	return { progress, left: goneFrom.get(digest.id) ?? [], sums: sums.reverse() }
}

function averageLeft(earlier: readonly DigestSums[]): number | null {
	if (earlier.length === 0) return null
	return Math.round(earlier.reduce((sum, { left }) => sum + left, 0) / earlier.length)
}

const chart = { height: 80, column: 48, width: 24 }

function drawBars(twelve: readonly DigestSums[]): DigestView['bars'] {
	const most = Math.max(1, ...twelve.map(({ accepted }) => accepted))
	const scale = scaleLinear([0, most], [0, chart.height])
	return twelve.map(({ accepted }, index) => {
		const height = accepted === 0 ? 0 : Math.max(1, Math.round(scale(accepted)))
		return {
			x: index * chart.column + (chart.column - chart.width),
			y: chart.height - height,
			height,
			isThis: index === twelve.length - 1,
		}
	})
}
