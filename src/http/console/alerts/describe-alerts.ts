import { type AlertOfNewsletter, listAlertsOfNewsletter } from '../../../alerts/index.ts'
import { listFaultWords } from '../../../bounces/index.ts'
import { listPauses, type SendingPause } from '../../../deliveries/index.ts'
import { forecastDigest, listMissed } from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { Rhythm } from '../../../kernel/enumerations.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { readOwnReason } from '../../../kernel/own-reason.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import { describeReply } from '../../server/describe-reply.ts'
import type { RequestContext } from '../../server/route.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import type { AlertPagesDeps } from './routes.ts'

/** A scheduled digest that waits for a decision, with what would go out if it were sent now. */
export type MissedRow = {
	id: number
	kind: Rhythm
	occurrence: Date
	foundAt: Date
	stories: number
	readers: number
}

/** What an alert is about: a word of `console.alerts.kind`. */
export type AlertKind = 'digest' | 'hour' | 'relay' | 'mailbox' | 'signups'

export type AlertRow = Pick<
	AlertOfNewsletter,
	'id' | 'digest' | 'relay' | 'events' | 'planned' | 'networks' | 'raisedAt' | 'updatedAt' | 'closedAt'
> & {
	kind: AlertKind
	/** Words of `console.alerts.cure`, of sign-ups those of `console.alerts.cap`, with how many each is for. */
	causes: Array<{ name: string; class: string | null; count: number }>
	domains: Array<{ domain: string; count: number }>
	/** What servers said; nothing for members who may not read it. */
	words: string[]
	/** What is left alone now because of it. */
	pauses: Array<Pick<SendingPause, 'scope' | 'name' | 'until' | 'held'>>
}

export type AlertsView = {
	say: Speech
	slug: string
	missed: MissedRow[]
	open: AlertRow[]
	past: AlertRow[]
	/** Whether browsers of who signs up are asked for a task while there is an attack. */
	asksTask: boolean
	/** Leads to past ones before these. */
	before: number | null
	may: { send: boolean; close: boolean; resume: boolean; returned: boolean; suppressions: boolean }
}

const openShown = 50
const pastShown = 20
const wordsShown = 5
const hourMs = 3_600_000

/** Alerts that a member sees of a newsletter: those of the whole installation are for who reads bounces. */
export function alertsSeenBy(request: RequestContext, { id }: Newsletter) {
	return { newsletterId: id, shared: mayDo(request.actor, 'bounces.read') }
}

/** What waits for somebody: digests that were missed, and alerts, open and past. */
export async function describeAlerts(
	deps: AlertPagesDeps,
	newsletter: Newsletter,
	{ before, request }: { before: number | undefined; request: RequestContext },
): Promise<AlertsView> {
	const { locale, actor } = request
	const seen = alertsSeenBy(request, newsletter)
	const open = await listAlertsOfNewsletter(deps, { ...seen, closed: false, limit: openShown })
	const past = await listAlertsOfNewsletter(deps, { ...seen, closed: true, before, limit: pastShown + 1 })
	const pauses = open.length > 0 ? await listPauses(deps) : []
	const mayRead = mayDo(actor, 'subscribers.read')
	const rows: AlertRow[] = []
	for (const alert of open) {
		const words = mayRead ? await readWords(deps, alert, locale) : []
		rows.push({ ...describeAlert(alert), words, pauses: pauses.filter((pause) => concerns(alert, pause)) })
	}
	const shown = past.slice(0, pastShown)
	return {
		say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
		slug: newsletter.slug,
		missed: await describeMissed(deps, newsletter.id),
		open: rows,
		past: shown.map((alert) => ({ ...describeAlert(alert), words: [], pauses: [] })),
		asksTask: deps.config.signupChallenge !== 'never',
		before: past.length > pastShown ? (shown.at(-1)?.id ?? null) : null,
		may: {
			send: mayDo(actor, 'digests.send'),
			close: mayDo(actor, 'bounces.change'),
			resume: mayDo(actor, 'installation.resume'),
			returned: mayRead,
			suppressions: mayDo(actor, 'suppressions.read'),
		},
	}
}

async function describeMissed(deps: AlertPagesDeps, newsletterId: number): Promise<MissedRow[]> {
	const missed = (await listMissed(deps)).filter((each) => each.newsletterId === newsletterId)
	const rows: MissedRow[] = []
	for (const { id, kind, occurrence, foundAt } of missed) {
		const { storyIds, audience } = await forecastDigest(deps, newsletterId, { kind, quick: true })
		const readers = audience.variants.reduce((sum, variant) => sum + variant.readers, 0)
		rows.push({ id, kind, occurrence, foundAt, stories: storyIds.length, readers })
	}
	return rows
}

function describeAlert(alert: AlertOfNewsletter): Omit<AlertRow, 'words' | 'pauses'> {
	const { id, digest, relay, events, planned, networks, raisedAt, updatedAt, closedAt } = alert
	const kind = kindOf(alert)
	return {
		...{ id, digest, relay, events, planned, networks, raisedAt, updatedAt, closedAt, kind },
		causes: causesOf(alert, kind),
		domains: Object.entries(alert.domains)
			.map(([domain, count]) => ({ domain, count }))
			.toSorted((a, b) => b.count - a.count),
	}
}

function kindOf({ relay, digestId, classes, networks }: AlertOfNewsletter): AlertKind {
	if (networks !== null) return 'signups'
	if (relay !== null) return 'relay'
	if (digestId !== null) return 'digest'
	return 'mailbox' in classes ? 'mailbox' : 'hour'
}

function causesOf({ classes, reason, events }: AlertOfNewsletter, kind: AlertKind): AlertRow['causes'] {
	if (kind === 'mailbox') return [{ name: 'mailbox', class: null, count: events }]
	if (kind === 'relay') {
		const held = reason === null ? undefined : readOwnReason(reason)?.reason
		return [{ name: held ?? 'held_account', class: null, count: events }]
	}
	return Object.entries(classes)
		.map(([name, count]) => ({ name, class: name, count }))
		.toSorted((a, b) => b.count - a.count)
}

async function readWords(deps: AlertPagesDeps, alert: AlertOfNewsletter, locale: Locale): Promise<string[]> {
	const kind = kindOf(alert)
	if (kind === 'mailbox' || kind === 'signups') return []
	if (kind === 'relay')
		return alert.reason === null ? [] : [describeReply(deps.messages, locale, alert.reason)]
	const { digestId, raisedAt, updatedAt } = alert
	const where =
		digestId === null ? { from: new Date(raisedAt.getTime() - hourMs), to: updatedAt } : { digestId }
	const found = await listFaultWords(deps, where, wordsShown)
	return found.map(({ reply, diagnostic }) =>
		diagnostic.startsWith(reply) ? diagnostic : `${reply} ${diagnostic}`.trim(),
	)
}

function concerns(
	{ relay, domains, networks }: AlertOfNewsletter,
	{ scope, name, held }: SendingPause,
): boolean {
	if (networks !== null) return false
	if (scope === 'relay') return held && name === relay
	return scope === 'domain' && name in domains
}
