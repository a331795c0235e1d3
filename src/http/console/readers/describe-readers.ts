import { mayDo } from '../../../kernel/actor.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import {
	type ActiveMonth,
	countSubscriptions,
	type Growth,
	listLeavingComments,
	readActiveMonths,
	readGrowth,
} from '../../../subscriptions/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { pathOf } from '../../visitors/describe-newsletter.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { drawGrowth, type GrowthChart } from './draw-growth.ts'
import type { ReadersPageDeps } from './routes.ts'

/** A way by which readers came. `host`: the site of a pasted form. */
export type Origin = { name: string; host: string | null; count: number; width: number }

export type ReadersView = {
	say: Speech
	slug: string
	/** Whether anybody ever signed up. */
	isEmpty: boolean
	formPage: { path: string; url: string }
	active: number
	moreThanAYearAgo: number
	languages: Array<{ locale: Locale; count: number }>
	months: ActiveMonth[]
	chart: GrowthChart
	origins: Origin[]
	joined: number
	gone: number
	pending: number
	/** What the last who left wrote. */
	written: Array<{ at: Date; reason: string | null; comment: string; digestId: number | null }>
	mayReadSuppressions: boolean
	/** Of the settings: 0 where nobody is reminded. */
	days: { reminder: number; unconfirmed: number }
}

const monthsShown = 13
const daysOfOrigins = 90
const mostOrigins = 7
const commentsShown = 5

/** What the page of readers shows above its search: from the tallies alone, whatever the number of readers. */
export async function describeReaders(
	deps: ReadersPageDeps,
	newsletter: Newsletter,
	{ locale, actor }: RequestContext,
): Promise<ReadersView> {
	const newsletterId = newsletter.id
	const counts = await countSubscriptions(deps, newsletterId)
	const months = await readActiveMonths(deps, { newsletterId, months: monthsShown })
	const last = months.at(-1)?.byLocale ?? {}
	const active = sumOf(last)
	const path = pathOf(newsletter, locale)
	const { reminderDays, unconfirmedDays, publicUrl } = deps.config
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		slug: newsletter.slug,
		isEmpty: active + counts.pending + counts.unsubscribed + counts.suppressed === 0,
		formPage: { path, url: `${publicUrl.replace(/\/+$/, '')}${path}` },
		active,
		moreThanAYearAgo: active - sumOf(months[0]?.byLocale ?? {}),
		languages: Object.entries(last).map(([each, count]) => ({ locale: each, count })),
		months,
		chart: drawGrowth(months),
		...(await describeOrigins(deps, newsletterId)),
		pending: counts.pending,
		written: await listLeavingComments(deps, { newsletterId, after: undefined, limit: commentsShown }),
		mayReadSuppressions: mayDo(actor, 'suppressions.read'),
		days: { reminder: reminderDays, unconfirmed: unconfirmedDays },
	}
}

async function describeOrigins(
	deps: ReadersPageDeps,
	newsletterId: number,
): Promise<Pick<ReadersView, 'origins' | 'joined' | 'gone'>> {
	const from = new Date(deps.clock.now().getTime() - (daysOfOrigins - 1) * 86_400_000)
		.toISOString()
		.slice(0, 10)
	const growth = await readGrowth(deps, { newsletterId, by: 'month', from })
	const joined = growth.reduce((sum, row) => sum + joinedIn(row), 0)
	const gone = growth.reduce((sum, row) => sum + row.bounced + sumOf(row.left), 0)
	const byOrigin = new Map<string, Omit<Origin, 'width'>>()
	for (const row of growth) {
		const name = row.sourceHost === 'other' ? 'others' : row.source
		const host = name === 'form' ? row.sourceHost : null
		const known = byOrigin.get(`${name} ${host}`)
		const count = (known?.count ?? 0) + joinedIn(row)
		byOrigin.set(`${name} ${host}`, { name, host, count })
	}
	const sorted = [...byOrigin.values()].filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count)
	const shown = sorted.length > mostOrigins ? sorted.slice(0, mostOrigins - 1) : sorted
	const rest = sorted.slice(shown.length).reduce((sum, { count }) => sum + count, 0)
	if (rest > 0) shown.push({ name: 'rest', host: null, count: rest })
	const most = Math.max(1, ...shown.map(({ count }) => count))
	const origins = shown.map((each) => ({
		...each,
		width: Math.max(2, Math.round((each.count / most) * 100)),
	}))
	return { origins, joined, gone }
}

function joinedIn({ confirmed, cameBack }: Growth): number {
	return confirmed + cameBack
}

function sumOf(counts: Record<string, number>): number {
	return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
