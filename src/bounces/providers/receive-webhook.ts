import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../kernel/app-error.ts'
import type { FetchText } from '../../kernel/fetch-text.ts'
import type { Log } from '../../kernel/log.ts'
import { recordEvents } from '../record-events.ts'
import type { Webhooks } from './open-webhooks.ts'
import type { WebhookRequest } from './provider.ts'
import { claimReceipt, keepReceipt, releaseReceipt } from './store.ts'

export type ReceiveWebhookDeps = Parameters<typeof recordEvents>[0] & { webhooks: Webhooks; log: Log }

/** What became of the events of a webhook: `known` were recorded before, `unmatched` are about no mail of ours. */
export type WebhookOutcome = { recorded: number; known: number; unmatched: number }

/**
 * Takes what a provider posts: proves that it is the provider's, and records what it reports. The same post again has
 * no effect. Throws `not_found` where no secret is set for the provider, `unauthenticated` where the proof is missing,
 * wrong or old, `malformed` where the body can't be read, and `unavailable` where the provider should try again.
 */
export async function receiveWebhook(
	deps: ReceiveWebhookDeps,
	name: string,
	request: WebhookRequest,
): Promise<WebhookOutcome> {
	const { webhooks, log, clock } = deps
	const open = webhooks.providers.get(name)
	if (!open) throw new AppError('not_found', 'errors.not_found')
	const now = clock.now()
	const circumstances = { now, fetchText: orUnavailable(webhooks.fetchCertificate) }
	const verified = await open.provider.verify(request, open.secret, circumstances)
	if (!verified.ok) {
		log.warn({ provider: name, reason: verified.reason }, 'a webhook was refused')
		throw new AppError('unauthenticated', 'errors.webhook.refused')
	}
	if (verified.confirmAt) {
		await orUnavailable(webhooks.fetchText)(verified.confirmAt)
		log.info({ provider: name }, 'a webhook was confirmed')
		return { recorded: 0, known: 0, unmatched: 0 }
	}
	const receipt = verified.onceOnly && hashOf(name, verified.onceOnly)
	const events = open.provider.toEvents(verified.payload, now)
	if (receipt && !(await isFirst(deps, receipt))) {
		log.warn({ provider: name }, 'a webhook came again')
		return { recorded: 0, known: events.length, unmatched: 0 }
	}
	const results = await recordEvents(deps, events).catch(async (error: unknown) => {
		if (receipt) await releaseReceipt(deps.db, receipt)
		throw error
	})
	if (receipt) await keepReceipt(deps.db, receipt, now)
	const count = (kind: string) => results.filter((result) => result.kind === kind).length
	const outcome = { recorded: count('recorded'), known: count('known'), unmatched: count('unmatched') }
	log.info({ provider: name, ...outcome }, 'a webhook was received')
	return outcome
}

/** Whether it is this one's to record. One that comes while another records it waits for what becomes of that. */
async function isFirst({ db, clock }: ReceiveWebhookDeps, receipt: string): Promise<boolean> {
	for (let tries = 0; tries < 50; tries++) {
		const claim = await claimReceipt(db, receipt, clock.now())
		if (claim !== 'busy') return claim === 'claimed'
		await wait(100)
	}
	throw new AppError('unavailable', 'errors.webhook.busy', { retryAfterSeconds: 60 })
}

function orUnavailable(fetchText: FetchText): FetchText {
	return async (url) => {
		try {
			return await fetchText(url)
		} catch (cause) {
			throw new AppError('unavailable', 'errors.webhook.unreachable', { cause })
		}
	}
}

function hashOf(provider: string, text: string): string {
	return createHash('sha256').update(`${provider} ${text}`).digest('base64url')
}
