import { scaleLinear } from 'd3-scale'
import { countBouncesOfDigest } from '../../../bounces/index.ts'
import { listPauses } from '../../../deliveries/index.ts'
import {
	type Digest,
	findDraftOfDigest,
	type LiveProgress,
	listDigests,
	liveProgress,
} from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { countLeftFromDigests } from '../../../subscriptions/index.ts'
import { describeReply } from '../../server/describe-reply.ts'
import type { RequestContext } from '../../server/route.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
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
	/** The bar: where each part begins and how wide it is, in thousandths; small parts are drawn 5 wide at least. */
	bar: Array<{ name: 'accepted' | 'refused' | 'in_doubt'; x: number; width: number }>
	pauses: Array<{ scope: string; name: string; until: Date; reason: string; held: boolean }>
	stalled: boolean
	captured: boolean
	/** Readers who were active when it was planned, and who of them was left out. */
	active: number
	excluded: Array<{ reason: string; count: number }>
	/** Who was left out after that. */
	reasons: Array<{ class: string; count: number }>
	domains: Array<{ domain: string; count: number }>
	/** Who left from it and stayed away. */
	left: { count: number; ways: Counted[]; reasons: Counted[] }
	twelve: DigestSums[]
	bars: Array<{ x: number; y: number; height: number; isThis: boolean }>
	may: { send: boolean; addresses: boolean }
}

type Counted = { name: string; count: number }

const notReaders = new Set(['pending', 'unsubscribed', 'suppressed'])

export async function describeDigest(
	deps: DigestPagesDeps,
	{ digest, newsletter, request }: { digest: Digest; newsletter: Newsletter; request: RequestContext },
): Promise<DigestView> {
	const progress = await liveProgress(deps, digest.id)
	const pauses = digest.state === 'sending' ? await listPauses(deps) : []
	const isOver = digest.state === 'completed' || digest.state === 'cancelled'
	const draft = await findDraftOfDigest(deps.db, digest.id)
	const excluded = Object.entries(digest.audience?.excluded ?? {})
		.filter(([reason, count]) => !notReaders.has(reason) && count > 0)
		.map(([reason, count]) => ({ reason, count }))
	const { locale } = request
	const twelve = isOver ? await describeTwelve(deps, digest) : []
	const own = digest.renditions.find((each) => each.locale === locale) ?? digest.renditions[0]
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		digest,
		subject: own?.subject ?? '',
		progress,
		isOver,
		startedBy: draft?.startedByName ?? null,
		bar: drawBar(progress),
		pauses: pauses.map((pause) => ({
			...pause,
			reason: describeReply(deps.messages, locale, pause.reason),
		})),
		stalled: progress.stalledSince !== null,
		captured: deps.captured !== undefined,
		active: progress.planned + excluded.reduce((sum, { count }) => sum + count, 0),
		excluded: excluded.toSorted((a, b) => b.count - a.count),
		...(isOver ? await describeReturns(deps, digest.id) : { reasons: [], domains: [] }),
		left: await describeLeft(deps, digest.id),
		twelve,
		bars: drawBars(twelve),
		may: {
			send: mayDo(request.actor, 'digests.send'),
			addresses: mayDo(request.actor, 'subscribers.read'),
		},
	}
}

const barWidth = 1_000
const leastWidth = 5

function drawBar({
	planned,
	accepted,
	refused,
	bounced,
	complained,
	inDoubt,
}: LiveProgress): DigestView['bar'] {
	const parts = [
		{ name: 'accepted' as const, count: accepted },
		{ name: 'refused' as const, count: refused + bounced + complained },
		{ name: 'in_doubt' as const, count: inDoubt },
	]
	let x = 0
	return parts.flatMap(({ name, count }) => {
		if (count === 0 || planned === 0) return []
		const width = Math.min(barWidth - x, Math.max(leastWidth, Math.round((count / planned) * barWidth)))
		const part = { name, x, width }
		x += width
		return [part]
	})
}

async function describeReturns(deps: DigestPagesDeps, digestId: number) {
	const { total, domains } = await countBouncesOfDigest(deps, digestId)
	const reasons: DigestView['reasons'] = Object.entries(total.classes).map(([name, count]) => ({
		class: name,
		count,
	}))
	if (total.complaints > 0) reasons.push({ class: 'complaint', count: total.complaints })
	return {
		reasons: reasons.toSorted((a, b) => b.count - a.count),
		domains: domains
			.map(({ domain, bounces, complaints }) => ({ domain, count: bounces + complaints }))
			.filter(({ count }) => count > 0)
			.slice(0, 8),
	}
}

async function describeLeft(deps: DigestPagesDeps, digestId: number): Promise<DigestView['left']> {
	const found = await countLeftFromDigests(deps, [digestId])
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
	const before = await listDigests(deps, digest.newsletterId, { before: digest.id, limit: 40 })
	const same = before.filter(({ kind, state }) => kind === digest.kind && state === 'completed').slice(0, 11)
	const all = [digest, ...same]
	const gone = await countLeftFromDigests(
		deps,
		all.map(({ id }) => id),
	)
	const sums: DigestSums[] = []
	for (const each of all) {
		const { planned, accepted, refused, inDoubt, bounced, complained } = await liveProgress(deps, each.id)
		const { id, createdAt } = each
		const left = gone.reduce((sum, { digestId, count }) => sum + (digestId === id ? count : 0), 0)
		sums.unshift({ id, createdAt, planned, accepted, refused, inDoubt, bounced, complained, left })
	}
	return sums
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
