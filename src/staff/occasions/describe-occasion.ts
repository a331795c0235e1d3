import type { StaffMail } from '../../../emails/catalog.ts'
import { listAlerts, listPausingAlerts } from '../../alerts/index.ts'
import {
	getDigest,
	getDraft,
	listApprovalNews,
	listStalledDigests,
	liveProgress,
} from '../../digests/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import { formatMoment, formatTimeOfDay } from '../../kernel/format-moment.ts'
import type { Locale } from '../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../newsletters/index.ts'
import { listBrokenSources } from '../../stories/index.ts'
import { findImport, findSignupBurst } from '../../subscriptions/index.ts'
import { getWebhookEndpoint } from '../../webhooks/index.ts'
import { approvalKey, type Occasion, type OccasionDeps, stateOfAttack, webhookKey } from './find-occasions.ts'

/** Which mail tells of an occasion, what its sentences name, and where in the console its cure is. */
export type OccasionWords = {
	mail: StaffMailName
	words: StaffMail['words']
	path: string
	/** Where a draft is held. */
	holdPath?: string
}

export type StaffMailName =
	| 'staff-draft'
	| 'staff-approval'
	| 'staff-source'
	| 'staff-stall'
	| 'staff-finished'
	| 'staff-returned'
	| 'staff-signups'
	| 'staff-import'
	| 'staff-webhook'
	| 'staff-attack'

type About = { newsletter: Newsletter; locale: Locale }

/** What there is to say of an occasion now; undefined where it has ended meanwhile. */
export async function describeOccasion(
	deps: OccasionDeps,
	occasion: Occasion,
	about: About,
): Promise<OccasionWords | undefined> {
	try {
		switch (occasion.kind) {
			case 'draft_ready':
				return await describeDraft(deps, occasion, about)
			case 'approval':
				return await describeApproval(deps, occasion)
			case 'source_broken':
				return await describeSource(deps, occasion, about)
			case 'digest_stalled':
				return await describeStall(deps, occasion, about)
			case 'digest_finished':
				return await describeFinished(deps, occasion, about)
			case 'returned_mail':
				return await describeAlert(deps, occasion, about)
			case 'signups':
				return await describeSignups(deps, about)
			case 'import_finished':
				return await describeImport(deps, occasion)
			case 'webhook_off':
				return await describeWebhook(deps, occasion)
			case 'signup_attack':
				return await describeAttack(deps, occasion, about)
		}
	} catch (error) {
		// what it was about is not there any more
		if (error instanceof AppError && error.code === 'not_found') return undefined
		throw error
	}
}

async function describeDraft(
	{ db, clock }: OccasionDeps,
	{ key, subjectId }: Occasion,
	{ newsletter, locale }: About,
): Promise<OccasionWords | undefined> {
	const draft = await getDraft({ db }, subjectId ?? 0)
	const { id, state, occurrence, firstOccurrence, goesAt, heldWhy } = draft
	// it has gone out, was thrown away, or has become that of the next occurrence
	if (state !== 'open' || !occurrence || !key.endsWith(` ${id} ${occurrence.toISOString()}`)) return undefined
	const isHeld = heldWhy !== null && heldWhy !== 'person'
	if (key.startsWith('draft-held ') !== isHeld) return undefined
	const manner = { locale, timeZone: zoneOf(newsletter) }
	const words = {
		state: heldWhy ?? (goesAt ? 'goes' : 'waits'),
		stories: draft.content.storyIds.length,
		time: goesAt ? formatTimeOfDay(goesAt, manner) : '',
		when: goesAt ? formatMoment(goesAt, manner) : '',
		before: firstOccurrence && firstOccurrence < occurrence ? formatMoment(firstOccurrence, manner) : 'none',
	}
	const path = `/console/drafts/${id}`
	const goes = words.state === 'goes' && goesAt !== null && goesAt > clock.now()
	return { mail: 'staff-draft', words, path, ...(goes && { holdPath: `${path}/hold` }) }
}

async function describeApproval(
	{ db }: OccasionDeps,
	{ key, subjectId }: Occasion,
): Promise<OccasionWords | undefined> {
	const news = (await listApprovalNews({ db }, subjectId ?? 0)).find((each) => approvalKey(each) === key)
	if (!news) return undefined
	const { draftId, state, name, note } = news
	const path = state === 'asked' ? `/console/drafts/${draftId}/check` : `/console/drafts/${draftId}`
	return { mail: 'staff-approval', words: { state, name, note }, path }
}

async function describeSource(
	{ db, clock }: OccasionDeps,
	{ key, subjectId }: Occasion,
	{ newsletter, locale }: About,
): Promise<OccasionWords | undefined> {
	const broken = await listBrokenSources({ db }, { before: clock.now() })
	const source = broken.find(({ id }) => id === subjectId)
	if (!source || key !== `source-broken ${source.id} ${source.failingSince.toISOString()}`) return undefined
	const manner = { locale, timeZone: zoneOf(newsletter) }
	const words = {
		source: source.url,
		since: formatMoment(source.failingSince, manner),
		state: source.isGone ? 'gone' : 'failing',
	}
	return { mail: 'staff-source', words, path: `/console/newsletters/${newsletter.slug}/sources` }
}

async function describeStall(
	{ db }: OccasionDeps,
	{ key, subjectId }: Occasion,
	{ newsletter, locale }: About,
): Promise<OccasionWords | undefined> {
	const digestId = subjectId ?? 0
	const { state, accepted, planned, due } = await liveProgress({ db }, digestId)
	const words = { ...(await titleOf({ db }, digestId, locale)), accepted, planned, due }
	const path = `/console/digests/${digestId}`
	if (key.startsWith('digest-paused ')) {
		const alerts = new Set(await listPausingAlerts({ db }))
		const isStill = state === 'paused' && alerts.has(Number(key.split(' ')[1]))
		return isStill
			? { mail: 'staff-stall', words: { ...words, state: 'paused', since: '' }, path }
			: undefined
	}
	const stalled = (await listStalledDigests(db)).find(({ id }) => id === digestId)
	if (!stalled || key !== `digest-stalled ${digestId} ${stalled.since.toISOString()}`) return undefined
	const since = formatMoment(stalled.since, { locale, timeZone: zoneOf(newsletter) })
	return { mail: 'staff-stall', words: { ...words, state: 'stalled', since }, path }
}

async function describeFinished(
	{ db }: OccasionDeps,
	{ subjectId }: Occasion,
	{ locale }: About,
): Promise<OccasionWords | undefined> {
	const digestId = subjectId ?? 0
	const progress = await liveProgress({ db }, digestId)
	// somebody sends again what was refused
	if (progress.state !== 'completed') return undefined
	const { accepted, planned, refused, bounced, inDoubt: doubt } = progress
	const counts = { accepted, planned, returned: refused + bounced, doubt }
	const words = { ...(await titleOf({ db }, digestId, locale)), ...counts }
	return { mail: 'staff-finished', words, path: `/console/digests/${digestId}` }
}

async function titleOf({ db }: Pick<OccasionDeps, 'db'>, digestId: number, locale: Locale) {
	const { renditions } = await getDigest({ db }, digestId)
	const own = renditions.find((each) => each.locale === locale) ?? renditions[0]
	return { title: own?.subject ?? '' }
}

const mostAlerts = 200

async function describeAlert(
	{ db }: OccasionDeps,
	{ subjectId }: Occasion,
	{ newsletter, locale }: About,
): Promise<OccasionWords | undefined> {
	const open = await listAlerts({ db }, { all: false, limit: mostAlerts })
	const alert = open.find(({ id }) => id === subjectId)
	if (!alert) return undefined
	const { digestId, relay, classes, events, planned } = alert
	const state = relay ? 'relay' : classes.mailbox ? 'mailbox' : digestId ? 'digest' : 'hour'
	const title = digestId ? (await titleOf({ db }, digestId, locale)).title : ''
	const words = { state, title, relay: relay ?? '', events, planned: planned ?? 0 }
	return { mail: 'staff-returned', words, path: `/console/newsletters/${newsletter.slug}/alerts` }
}

async function describeAttack(
	{ db }: OccasionDeps,
	{ key, subjectId }: Occasion,
	{ newsletter }: About,
): Promise<OccasionWords | undefined> {
	const alerts = await listAlerts({ db }, { all: true, limit: mostAlerts })
	const alert = alerts.find(({ id }) => id === subjectId)
	if (!alert) return undefined
	const state = stateOfAttack(alert)
	if (key !== `signup-attack-${state} ${alert.id}`) return undefined
	const [cap = ''] = mostFirst(alert.classes)
	const domains = mostFirst(alert.domains)
	const words = {
		...{ state, cap, tries: alert.events, networks: alert.networks ?? 0 },
		...{ domain: domains[0] ?? '', domains: domains.length },
	}
	return { mail: 'staff-attack', words, path: `/console/newsletters/${newsletter.slug}/alerts` }
}

function mostFirst(counts: Record<string, number>): string[] {
	return Object.entries(counts)
		.toSorted(([, a], [, b]) => b - a)
		.map(([name]) => name)
}

async function describeSignups(
	deps: OccasionDeps,
	{ newsletter }: About,
): Promise<OccasionWords | undefined> {
	const burst = await findSignupBurst(deps, newsletter.id)
	if (!burst) return undefined
	const { count, usual } = burst
	const path = `/console/newsletters/${newsletter.slug}/readers`
	return { mail: 'staff-signups', words: { count, usual }, path }
}

async function describeImport(
	{ db }: OccasionDeps,
	{ subjectId }: Occasion,
): Promise<OccasionWords | undefined> {
	const found = await findImport(db, subjectId ?? 0)
	if (!found?.finishedAt) return undefined
	const { state, fileName: file, outcomes } = found
	const sums = outcomes ?? {}
	const { new: added = 0, unusable = 0 } = sums
	const rows = Object.values(sums).reduce((sum, count) => sum + count, 0)
	const words = { state, file, added, unusable, out: rows - added - unusable }
	const path = `/console/imports/${found.id}`
	return { mail: 'staff-import', words, path }
}

async function describeWebhook(
	{ db }: OccasionDeps,
	{ key, subjectId }: Occasion,
): Promise<OccasionWords | undefined> {
	const endpoint = await getWebhookEndpoint({ db }, subjectId ?? 0)
	if (key !== webhookKey(endpoint)) return undefined
	// the rest of the address may be a secret
	const words = { host: new URL(endpoint.url).host, state: endpoint.disabledWhy ?? '' }
	return { mail: 'staff-webhook', words, path: `/console/webhooks/${endpoint.id}` }
}
