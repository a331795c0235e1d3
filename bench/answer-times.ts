import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { openApp } from '../src/app.ts'
import { listen } from '../src/commands/serve.ts'
import { readConfig } from '../src/config.ts'
import { operator } from '../src/kernel/actor.ts'
import { hashAddress } from '../src/kernel/keys.ts'
import { createNewsletter } from '../src/newsletters/index.ts'
import { suppress } from '../src/suppressions/index.ts'
import { startWorkers } from '../workers/start-workers.ts'
import { auc } from './parts/auc.ts'

// Whether what follows a sign-up tells what is known of its address: 200 of each state in random order, all parts in one
// process, mail captured. After each come eight requests one after the other, then one every 20 ms for a second.
// usage: npm run bench -- answer-times [COUNT]; DATABASE_URL and REDIS_URL are heeded, of an installation of its own

const states = ['new', 'pending', 'active', 'unsubscribed', 'suppressed'] as const
type State = (typeof states)[number]

const count = Number(process.argv[2] ?? 200)
const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-'))
const config = {
	...readConfig({ ...process.env, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent' }),
	signupsPerIpAndHour: 1_000_000,
	signupsPerDomainAndHour: 1_000_000,
	signupsPerNewsletterAndHour: 1_000_000,
	signupsPerHour: 1_000_000,
}
const app = await openApp(config)
const server = await listen(app)
const workers = startWorkers(app)
const { port } = server.address() as { port: number }
const url = `http://127.0.0.1:${port}`
const slug = `times-${Date.now()}`
const newsletter = await createNewsletter(
	app,
	{
		slug,
		texts: { en: { name: 'Times' } },
		fromAddress: 'news@example.org',
		contact: 'hello@example.org',
	},
	operator,
)

const people = states.flatMap((state) =>
	Array.from({ length: count }, (_, index) => ({ state, email: `${state}${index}@${slug}.example` })),
)
for (const { state, email } of people) if (state !== 'new') await prepare(state, email)
for (let index = people.length - 1; index > 0; index--) {
	const other = randomInt(index + 1)
	const [a, b] = [people[index], people[other]]
	if (a && b) [people[index], people[other]] = [b, a]
}
for (let index = 0; index < 20; index++) await signUp(`warm${index}@${slug}.example`)
await wait(2_000)

const seen: Array<{ state: State; answer: number; next: number; worst: number }> = []
for (const { state, email } of people) {
	const answer = await signUp(email)
	const begun = performance.now()
	for (let times = 0; times < 8; times++) await look()
	const next = performance.now() - begun
	let worst = 0
	while (performance.now() - begun < 1_000) {
		worst = Math.max(worst, await look())
		await wait(20)
	}
	seen.push({ state, answer, next, worst })
}

console.log(
	`${count} of each state. AUC of suppressed against each other: 0.5 tells nothing, 0 and 1 tell all.`,
)
console.log('                 the answer   eight requests after   slowest of the next second')
for (const state of states.filter((name) => name !== 'suppressed')) {
	const against = (of: 'answer' | 'next' | 'worst') =>
		auc(valuesOf(state, of), valuesOf('suppressed', of)).toFixed(2)
	console.log(
		`${state.padEnd(14)} ${against('answer').padStart(12)} ${against('next').padStart(22)} ${against('worst').padStart(28)}`,
	)
}
workers.stop()
server.close()
server.closeAllConnections()
await app.close()
await rm(folder, { recursive: true, force: true })

function valuesOf(state: State, of: 'answer' | 'next' | 'worst'): number[] {
	return seen.filter((one) => one.state === state).map((one) => one[of])
}

async function signUp(email: string): Promise<number> {
	const begun = performance.now()
	const response = await fetch(`${url}/api/v1/newsletters/${slug}/subscriptions`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ email, locale: 'en' }),
	})
	await response.text()
	if (response.status !== 202) throw new Error(`a sign-up was answered ${response.status}`)
	return performance.now() - begun
}

async function look(): Promise<number> {
	const begun = performance.now()
	await (await fetch(`${url}/newsletters/${slug}/en`)).text()
	return performance.now() - begun
}

/** Puts an address into its state without a mail, so that all have the same number of mails behind them: none. */
async function prepare(state: State, email: string): Promise<void> {
	const [local = '', domain = ''] = email.split('@')
	const addressHash = hashAddress(app.keys, email)
	const at = app.clock.now()
	if (state === 'suppressed') await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at })
	const subscriber = await app.db
		.insertInto('subscribers')
		.values({ local_part: local, domain, comparable_address: email, address_hash: addressHash })
		.returning('id')
		.executeTakeFirstOrThrow()
	await app.db
		.insertInto('subscriptions')
		.values({
			newsletter_id: newsletter.id,
			subscriber_id: subscriber.id,
			locale: 'en',
			state: state === 'suppressed' || state === 'new' ? 'active' : state,
		})
		.execute()
}
