import { addSeconds, type Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { type Keys, openSecret } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { PostWebhook } from '../kernel/post-webhook.ts'
import { decideRetry, failingDays, type WebhookOutcome } from './decide-retry.ts'
import { secretPurpose } from './manage-endpoints.ts'
import { signWebhook } from './sign-webhook.ts'
import { type EndpointRecord, selectEndpoint, setDisabled, setFailing } from './store/endpoints.ts'
import { type Attempt, type ClaimedMessage, claimMessages, settleMessage } from './store/messages.ts'

export type DeliverDeps = {
	db: Database
	clock: Clock
	log: Log
	keys: Keys
	postWebhook: Pick<PostWebhook, 'post'>
}

const atOnce = 5
const leaseSeconds = 60
/** One job gives way to others after so many rounds; what is left comes with the next minute's. */
const mostRounds = 40

/** Sends what is due for an endpoint, a few at once, until nothing is or it takes nothing. */
export async function deliverWebhooks(deps: DeliverDeps, endpointId: number): Promise<void> {
	const { db, clock } = deps
	for (let round = 0; round < mostRounds; round++) {
		const endpoint = await selectEndpoint(db, endpointId)
		if (!endpoint || endpoint.disabledAt) return
		const now = clock.now()
		const until = addSeconds(now, leaseSeconds)
		const claimed = await claimMessages(db, endpointId, { now, until, limit: atOnce })
		if (claimed.length === 0) return
		const outcomes = await Promise.all(claimed.map((message) => deliver(deps, endpoint, message)))
		// a target that takes nothing is not asked for the rest now: each waits for its own time
		if (outcomes.every(({ kind }) => kind !== 'delivered')) return
	}
}

async function deliver(
	{ db, clock, log, keys, postWebhook }: DeliverDeps,
	endpoint: EndpointRecord,
	message: ClaimedMessage,
): Promise<WebhookOutcome> {
	const at = clock.now()
	const body = JSON.stringify(toPayload(message, endpoint))
	const headers = signWebhook({ id: message.messageId, at, body }, secretsOf(keys, endpoint, at))
	const began = performance.now()
	const answer = await postWebhook.post(endpoint.url, { headers, body })
	const durationMs = Math.round(performance.now() - began)
	const outcome = decideRetry(answer, message.attempts, Math.random())
	const attempt = { at, durationMs, status: null, problem: null, ...answer }
	await db
		.transaction()
		.execute((tx) => settle(tx, { endpoint, message, outcome, attempt, now: clock.now() }))
	const said = { endpointId: endpoint.id, webhookId: message.messageId, event: message.event, ...answer }
	if (outcome.kind === 'delivered') log.info(said, 'a webhook was taken')
	else log.warn(said, 'a webhook was not taken')
	return outcome
}

/** Both while the secret changes. */
function secretsOf(keys: Keys, { secret, formerSecret, formerUntil }: EndpointRecord, at: Date): string[] {
	const sealed = [secret, ...(formerSecret && formerUntil && formerUntil > at ? [formerSecret] : [])]
	return sealed.map((each) => openSecret(keys, secretPurpose, each))
}

/** As Standard Webhooks has it: `type`, `timestamp`, `data`. The same however often it is sent, but for an address that is gone. */
function toPayload(message: ClaimedMessage, { withAddress }: EndpointRecord): object {
	const { event: type, happenedAt, newsletter, subscriptionId, readerId, digestId, reason, address } = message
	const ofReader = {
		readerId,
		subscriptionId,
		...(reason !== null && { reason }),
		...(withAddress && { address }),
	}
	const data = type === 'digest.finished' ? { digestId, state: reason } : ofReader
	return { type, timestamp: happenedAt.toISOString(), data: { newsletter, ...data } }
}

type Settled = {
	endpoint: EndpointRecord
	message: ClaimedMessage
	outcome: WebhookOutcome
	attempt: Attempt
	now: Date
}

async function settle(
	tx: DatabaseOrTransaction,
	{ endpoint, message, outcome, attempt, now }: Settled,
): Promise<void> {
	switch (outcome.kind) {
		case 'delivered':
			await settleMessage(tx, message.id, { state: 'delivered', attempt })
			await setFailing(tx, endpoint.id, null)
			return
		case 'again': {
			const dueAt = addSeconds(now, outcome.waitMs / 1_000)
			await settleMessage(tx, message.id, { state: 'due', dueAt, attempt })
			break
		}
		case 'failed':
			await settleMessage(tx, message.id, { state: 'failed', attempt })
			break
		case 'gone':
			await settleMessage(tx, message.id, { state: 'failed', attempt })
			await setDisabled(tx, endpoint.id, { at: now, why: 'gone' })
			return
	}
	await setFailing(tx, endpoint.id, attempt.at)
	const since = (await selectEndpoint(tx, endpoint.id))?.failingSince
	if (since && now.getTime() - since.getTime() >= failingDays * 86_400_000) {
		await setDisabled(tx, endpoint.id, { at: now, why: 'failing' })
	}
}
