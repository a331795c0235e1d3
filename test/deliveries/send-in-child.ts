import { sql } from 'kysely'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { planDigest, RelayPool, reconcileDeliveries, sendDigest } from '../../src/deliveries/index.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'

// A process that sends a digest from the database in a folder, to be killed at any moment and started again.
// usage: node send-in-child.ts FOLDER SMTP_URL READERS

const [folder = '', smtpUrl = '', readers = ''] = process.argv.slice(2)
const app = await openApp(
	readConfig({
		DATA_DIR: folder,
		SMTP_URL: smtpUrl,
		SMTP_CONNECTIONS: '4',
		LOG_LEVEL: 'silent',
		SECRET_KEY: 'a secret key of the tests, 32 characters or more',
	}),
)

const known = await app.db.selectFrom('digests').select('id').executeTakeFirst()
const digestId = known?.id ?? (await makeDigest())
await planDigest(app, digestId)
// whoever held a lease is dead: nobody else can have this folder open
await sql`update deliveries set lease_until = now() - interval '1 second' where state = 'sending'`.execute(
	app.db,
)
await reconcileDeliveries(app)
process.stdout.write('started\n')
await sendDigest({ ...app, relays: new RelayPool(app) }, { digestId, lane: 0 })

const { rows } = await sql<{ address: string }>`
	select comparable_address as address from deliveries d join subscriptions s on s.id = d.subscription_id
	join subscribers p on p.id = s.subscriber_id where d.state = 'in_doubt'`.execute(app.db)
const doubted = rows.map(({ address }) => address)
process.stdout.write(`${JSON.stringify({ progress: await digestProgress(app, digestId), doubted })}\n`)
await app.close()

async function makeDigest(): Promise<number> {
	const newsletter = await makeNewsletter(app)
	await makeReaders(app, newsletter.id, Number(readers))
	await makeStory(app, newsletter.id)
	const triggered = await triggerDigest(app, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	return triggered.digest.id
}
