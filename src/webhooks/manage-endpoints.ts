import { findChanges, recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { type Keys, sealSecret } from '../kernel/keys.ts'
import type { PostWebhook } from '../kernel/post-webhook.ts'
import { listNewsletters } from '../newsletters/index.ts'
import type { WebhookEndpoint } from './endpoint.ts'
import type { WebhookEndpointChanges, WebhookEndpointInput } from './endpoint-input.ts'
import { makeWebhookSecret } from './sign-webhook.ts'
import {
	deleteEndpoint,
	type EndpointRecord,
	insertEndpoint,
	selectEndpoint,
	selectEndpoints,
	setDisabled,
	updateEndpoint,
	updateSecret,
} from './store/endpoints.ts'

export type EndpointsDeps = {
	db: Database
	clock: Clock
	keys: Keys
	postWebhook: Pick<PostWebhook, 'judge'>
}

/** What seals the secrets of endpoints. */
export const secretPurpose = 'webhook'

/** For how long the secret before a new one signs as well. */
export const formerSecretDays = 1

/** All endpoints, the oldest first, without their secrets. */
export async function listWebhookEndpoints({ db }: Pick<EndpointsDeps, 'db'>): Promise<WebhookEndpoint[]> {
	const slugs = await slugsById(db)
	return (await selectEndpoints(db)).map((record) => toEndpoint(record, slugs))
}

/** Throws `not_found`. */
export async function getWebhookEndpoint(
	{ db }: { db: DatabaseOrTransaction },
	id: number,
): Promise<WebhookEndpoint> {
	return toEndpoint(await getRecord(db, id), await slugsById(db))
}

/**
 * Makes an endpoint. This is the only time that its secret is given. Throws `invalid` for an address that nothing may be sent
 * to, and for newsletters that are not there.
 */
export async function createWebhookEndpoint(
	deps: EndpointsDeps,
	input: WebhookEndpointInput,
	actor: Actor,
): Promise<WebhookEndpoint & { secret: string }> {
	const { db, clock, keys } = deps
	await checkTarget(deps, input.url)
	const secret = makeWebhookSecret()
	const id = await db.transaction().execute(async (tx) => {
		const made = await insertEndpoint(tx, {
			...input,
			newsletterIds: await idsOf(tx, input.newsletters),
			secret: sealSecret(keys, secretPurpose, secret),
			createdAt: clock.now(),
		})
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `webhook-endpoint:${made}` })
		return made
	})
	return { ...(await getWebhookEndpoint(deps, id)), secret }
}

/** Changes what is given and leaves the rest. Throws as `createWebhookEndpoint` does, and `not_found`. */
export async function changeWebhookEndpoint(
	deps: EndpointsDeps,
	id: number,
	changes: WebhookEndpointChanges,
	actor: Actor,
): Promise<WebhookEndpoint> {
	const { db, clock } = deps
	if (changes.url !== undefined) await checkTarget(deps, changes.url)
	return db.transaction().execute(async (tx) => {
		const record = await getRecord(tx, id, { lock: true })
		const before = await getWebhookEndpoint({ db: tx }, id)
		const { newsletters, disabled } = changes
		await updateEndpoint(tx, id, {
			url: changes.url ?? record.url,
			events: changes.events ?? record.events,
			withAddress: changes.withAddress ?? record.withAddress,
			newsletterIds: newsletters === undefined ? record.newsletterIds : await idsOf(tx, newsletters),
		})
		if (disabled === false) await setDisabled(tx, id, null)
		if (disabled && !record.disabledAt) await setDisabled(tx, id, { at: clock.now(), why: 'staff' })
		const after = await getWebhookEndpoint({ db: tx }, id)
		const changed = findChanges(before, after)
		const entry = { actor, action: 'change' as const, subject: `webhook-endpoint:${id}`, changes: changed }
		await recordAudit({ db: tx, clock }, entry)
		return after
	})
}

/** A new secret, given this once; the former one signs as well for a day. Throws `not_found`. */
export async function rotateWebhookSecret(
	{ db, clock, keys }: Omit<EndpointsDeps, 'postWebhook'>,
	id: number,
	actor: Actor,
): Promise<WebhookEndpoint & { secret: string }> {
	const secret = makeWebhookSecret()
	return db.transaction().execute(async (tx) => {
		const { secret: formerSecret } = await getRecord(tx, id, { lock: true })
		const formerUntil = addDays(clock.now(), formerSecretDays)
		await updateSecret(tx, id, { secret: sealSecret(keys, secretPurpose, secret), formerSecret, formerUntil })
		await recordAudit({ db: tx, clock }, { actor, action: 'rotate', subject: `webhook-endpoint:${id}` })
		return { ...(await getWebhookEndpoint({ db: tx }, id)), secret }
	})
}

/** Removes an endpoint with all that it was to be told. Throws `not_found`. */
export async function removeWebhookEndpoint(
	{ db, clock }: Pick<EndpointsDeps, 'db' | 'clock'>,
	id: number,
	actor: Actor,
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		await getRecord(tx, id, { lock: true })
		await deleteEndpoint(tx, id)
		await recordAudit({ db: tx, clock }, { actor, action: 'remove', subject: `webhook-endpoint:${id}` })
	})
}

export async function getRecord(
	db: DatabaseOrTransaction,
	id: number,
	how: { lock?: boolean } = {},
): Promise<EndpointRecord> {
	const found = await selectEndpoint(db, id, how)
	if (!found) throw new AppError('not_found', 'errors.webhook.not_found', { params: { id } })
	return found
}

async function checkTarget({ postWebhook }: Pick<EndpointsDeps, 'postWebhook'>, url: string): Promise<void> {
	const problem = await postWebhook.judge(url)
	if (problem) throw invalidField('url', `errors.webhook.${problem}`)
}

async function idsOf(db: DatabaseOrTransaction, slugs: readonly string[] | null): Promise<number[] | null> {
	if (slugs === null) return null
	const known = await listNewsletters({ db })
	return slugs.map((slug) => {
		const found = known.find((each) => each.slug === slug)
		if (!found) throw invalidField('newsletters', 'errors.newsletter.not_found', { slug })
		return found.id
	})
}

async function slugsById(db: DatabaseOrTransaction): Promise<Map<number, string>> {
	return new Map((await listNewsletters({ db })).map(({ id, slug }) => [id, slug]))
}

function toEndpoint(
	{ newsletterIds, secret: _, formerSecret: __, ...endpoint }: EndpointRecord,
	slugs: ReadonlyMap<number, string>,
): WebhookEndpoint {
	return { ...endpoint, newsletters: newsletterIds?.flatMap((id) => slugs.get(id) ?? []) ?? null }
}
