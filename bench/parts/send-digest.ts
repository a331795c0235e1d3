import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createComposer } from '../../src/deliveries/create-composer.ts'
import {
	type Digest,
	digestProgress,
	readRenditions,
	type StoredRendition,
	triggerDigest,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { wholeMessage } from '../../src/kernel/mail.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { makeNewsletter, makeStory } from '../../test/support/make-newsletter.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { measure, type StoredMessage, tell } from './measure.ts'

// The whole app on its embedded parts, in a folder: from the trigger to the last row of the ledger.
// usage: send-digest.ts FOLDER SMTP_URL CONNECTIONS COUNT FILE_FOR_MESSAGES

const [folder = '', smtpUrl = '', connections = '', readers = '', messagesFile = ''] = process.argv.slice(2)
const count = Number(readers)
const app = await openApp(
	readConfig({
		DATA_DIR: folder,
		SMTP_URL: smtpUrl,
		SMTP_CONNECTIONS: connections,
		LOG_LEVEL: 'warn',
		PUBLIC_URL: 'https://news.charity.example',
		SECRET_KEY: 'a secret key of the benchmark, 32 characters or more',
	}),
)
const newsletter = await makeNewsletter(app, { storyLimit: 20 })
await makeManyReaders(newsletter)
for (let story = 0; story < 6; story++) {
	await makeStory(app, newsletter.id, {
		title: `Story ${story}`,
		summary: 'What happened, told in full. '.repeat(25),
	})
}
const workers = startWorkers(app)

let made: Digest | undefined
const measured = await measure(count, async () => {
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	made = triggered.digest
	await untilCompleted(triggered.digest.id)
})
if (made) await writeSomeMessages(made)
workers.stop()
await app.close()
tell(measured)

async function makeManyReaders({ id }: Newsletter): Promise<void> {
	await sql`
		with added as (
			insert into subscribers (local_part, domain, comparable_address, address_hash)
			select 'reader' || n, 'example.net', 'reader' || n || '@example.net', 'hash of ' || n
			from generate_series(1, ${count}) n returning id
		)
		insert into subscriptions (newsletter_id, subscriber_id, locale, state)
		select ${id}, id, 'en', 'active' from added`.execute(app.db)
}

async function untilCompleted(digestId: number): Promise<void> {
	for (;;) {
		const { state } = await app.db
			.selectFrom('digests')
			.select('state')
			.where('id', '=', digestId)
			.executeTakeFirstOrThrow()
		if (state === 'completed') break
		await wait(20)
	}
	const progress = await digestProgress(app, digestId)
	if (progress.accepted !== count || !progress.balanced) throw new Error(JSON.stringify(progress))
}

/** For the baseline: the same messages, ready. */
async function writeSomeMessages(digest: Digest): Promise<void> {
	const renditions: StoredRendition[] = []
	for await (const rendition of readRenditions(app.db, digest.id)) renditions.push(rendition)
	const compose = await createComposer(app, { digest, newsletter, renditions })
	const messages = Array.from({ length: 500 }, (_, index): StoredMessage => {
		const { envelope, raw } = compose({
			subscriptionId: index + 1,
			renditionId: renditions[0]?.id ?? 0,
			local: `reader${index + 1}`,
			domain: 'example.net',
		})
		return { envelope, raw: wholeMessage(raw) }
	})
	writeFileSync(messagesFile, JSON.stringify(messages))
}
