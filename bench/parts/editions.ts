import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { App } from '../../src/app.ts'
import { createComposer } from '../../src/deliveries/create-composer.ts'
import { cancelSending, planDigest } from '../../src/deliveries/index.ts'
import { startLanes } from '../../src/deliveries/plan-digest.ts'
import {
	digestProgress,
	getDigest,
	readRenditions,
	type StoredRendition,
	triggerDigest,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { wholeMessage } from '../../src/kernel/mail.ts'
import { getNewsletter, type Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeStory } from '../../test/support/make-newsletter.ts'
import { lanesFor } from '../../workers/lanes-for.ts'

/** Makes subscribers who read nothing yet. */
export async function makeSubscribers(app: App, count: number): Promise<void> {
	await sql`
		insert into subscribers (local_part, domain, comparable_address, address_hash)
		select 'reader' || n, 'example.net', 'reader' || n || '@example.net', 'hash of ' || n
		from generate_series(1, ${count}) n`.execute(app.db)
	await sql`analyze subscribers`.execute(app.db)
}

/** A newsletter that the first so many subscribers read. */
export async function makeAudience(app: App, count: number): Promise<Newsletter> {
	const newsletter = await makeNewsletter(app, { storyLimit: 20 })
	await sql`
		insert into subscriptions (newsletter_id, subscriber_id, locale, state)
		select ${newsletter.id}, id, 'en', 'active' from subscribers order by id limit ${count}`.execute(app.db)
	await sql`analyze subscriptions`.execute(app.db)
	return newsletter
}

export type Planned = { digestId: number; planSeconds: number }

/** A digest of six new stories, about 30 KB as a message, its audience frozen; nobody sends it yet. */
export async function planEdition(app: App, newsletter: Newsletter): Promise<Planned> {
	for (let story = 0; story < 6; story++) {
		await makeStory(app, newsletter.id, {
			title: `Story ${story}`,
			summary: 'What happened, told in full. '.repeat(25),
		})
	}
	const quiet = { ...app, jobs: { enqueue: async () => {} } }
	const triggered = await triggerDigest(quiet, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	const begun = performance.now()
	await planDigest(quiet, digestId)
	return { digestId, planSeconds: (performance.now() - begun) / 1_000 }
}

/** Has the workers send a planned digest; gives messages a second, up to its last ledger row. */
export async function sendEdition(app: App, digestId: number): Promise<{ rate: number; messages: number }> {
	const begun = performance.now()
	await startEdition(app, digestId)
	for (;;) {
		const { completed } = await app.db
			.selectFrom('digests')
			.select('completed_at as completed')
			.where('id', '=', digestId)
			.executeTakeFirstOrThrow()
		if (completed) break
		await wait(50)
	}
	const seconds = (performance.now() - begun) / 1_000
	const { accepted, planned, balanced } = await digestProgress(app, digestId)
	if (!balanced || accepted !== planned) throw new Error('not all of a digest was accepted')
	return { rate: accepted / seconds, messages: accepted }
}

/** Has the workers send so many of a planned digest, then cancels it; gives messages a second. */
export async function sendSome(app: App, digestId: number, wanted: number): Promise<{ rate: number }> {
	const begun = performance.now()
	await startEdition(app, digestId)
	for (;;) {
		const { accepted, due } = await digestProgress(app, digestId)
		const seconds = (performance.now() - begun) / 1_000
		if (accepted >= wanted) {
			if (due > 0) await cancelEdition(app, digestId)
			return { rate: accepted / seconds }
		}
		await wait(2_000)
	}
}

/** Has the workers begin a planned digest. */
export function startEdition(app: App, digestId: number): Promise<void> {
	return startLanes({ ...app, lanes: lanesFor(app) }, digestId)
}

/** Ends a digest, however much of it was sent, and waits until nothing of it is under way. */
export async function cancelEdition(app: App, digestId: number): Promise<void> {
	await cancelSending(app, digestId, operator)
	while ((await digestProgress(app, digestId)).sending > 0) await wait(200)
}

/** How many bytes a message of a digest has. */
export async function sizeOfMessage(app: App, digestId: number): Promise<number> {
	const digest = await getDigest(app, digestId)
	const newsletter = await getNewsletter(app, { id: digest.newsletterId })
	const renditions: StoredRendition[] = []
	for await (const rendition of readRenditions(app.db, digestId)) renditions.push(rendition)
	const compose = await createComposer(app, { digest, newsletter, renditions })
	const renditionId = renditions[0]?.id ?? 0
	const { raw } = compose({ subscriptionId: 1, renditionId, local: 'reader1', domain: 'example.net' })
	return wholeMessage(raw).length
}
