import { once } from 'node:events'
import { request } from 'node:http'
import { loadavg } from 'node:os'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { operator } from '../src/kernel/actor.ts'
import { createApiKey } from '../src/staff/index.ts'
import { checkTallies, subscribe } from '../src/subscriptions/index.ts'
import { findServers } from '../test/support/find-servers.ts'
import { freePort } from '../test/support/run-envoi.ts'
import type { Engine } from './parts/measure-engine.ts'
import { percentile, report } from './parts/report.ts'
import { withEngine } from './parts/with-engine.ts'

// A file of 1,000,000 readers, sent to the API of one process and worked on by another, on PostgreSQL and Redis, with a receipt a
// row and tallies; meanwhile people sign up, ten a second.

// usage: import.ts [ROWS]
const many = Number(process.argv[2] ?? 1_000_000)
const results = fileURLToPath(new URL('results.md', import.meta.url))
const target = { seconds: 100, megabytes: 250 }

const servers = findServers()
if (servers.missing.length > 0) console.log(`import: left out, for lack of ${servers.missing.join(', ')}`)
else {
	await withEngine({ large: 10 }, measureImport)
	process.exit()
}

async function measureImport(engine: Engine): Promise<void> {
	const { app, usual: newsletter } = engine
	const port = await freePort()
	const [api, workers] = [await engine.startApi(port), await engine.startWorkers()]
	const { key } = await createApiKey(app, { name: 'bench', scopes: null }, operator)
	const call = (method: string, path: string, body?: Readable | string, type = 'application/json') =>
		ask(port, { method, path, key, body, type })

	const uploading = clock()
	const { id } = await call(
		'POST',
		`/newsletters/${newsletter.slug}/imports`,
		Readable.from(makeFile()),
		'text/csv',
	)
	const uploaded = uploading()
	const basis = {
		kind: 'asked',
		day: '2024-03-01',
		words: 'I would like the newsletter.',
		evidence: 'paper forms',
	}
	await call('PATCH', `/imports/${id}`, JSON.stringify({ basis }))

	const finished = async (step: string, state: string) => {
		const begun = clock()
		await call('POST', `/imports/${id}/${step}`)
		for (;;) {
			const found = await call('GET', `/imports/${id}`)
			if (found.state === state) return { ...found, seconds: begun() }
			if (found.state === 'failed') throw new Error(found.problem)
			await wait(100)
		}
	}
	const stop = new AbortController()
	const signups = signUpMeanwhile(engine, stop.signal)
	const checked = await finished('check', 'checked')
	const done = await finished('run', 'done')
	stop.abort()
	const waited = await signups
	const differences = await checkTallies(app)
	const receipts = await app.db
		.selectFrom('consent_receipts')
		.select(({ fn }) => fn.countAll<number>().as('count'))
		.where('action', '=', 'imported')
		.executeTakeFirstOrThrow()
	const whole = checked.seconds + done.seconds
	const used = await workers.used()
	const peaks = { api: (await api.used()).peakMb, worker: used.peakMb }
	await Promise.all([api.stop(), workers.stop()])
	const added = done.outcomes.new + done.outcomes.arrives_left
	const sum = Object.values<number>(done.outcomes).reduce((total, count) => total + count, 0)
	const isRight = differences.length === 0 && Number(receipts.count) === added && sum === many
	report(results, {
		rows: [
			{ what: `sending the file of ${many} rows`, measured: `${uploaded.toFixed(1)} s` },
			{ what: 'checking it (dry run)', measured: `${checked.seconds.toFixed(1)} s` },
			{ what: 'adding its readers', measured: `${done.seconds.toFixed(1)} s` },
			{
				what: 'checking and adding',
				measured: `${whole.toFixed(1)} s, ${Math.round(many / whole)} rows/s`,
				target: `< ${(target.seconds * many) / 1_000_000} s`,
				isMet: whole < (target.seconds * many) / 1_000_000,
			},
			{
				what: 'peak memory of the worker',
				measured: `${Math.round(peaks.worker)} MB`,
				target: `< ${target.megabytes} MB`,
				isMet: peaks.worker < target.megabytes,
			},
			{
				what: 'peak memory of the API',
				measured: `${Math.round(peaks.api)} MB`,
				target: `< ${target.megabytes} MB`,
				isMet: peaks.api < target.megabytes,
			},
			{
				what: 'receipts and tallies are right',
				measured: isRight ? 'yes' : 'no',
				target: 'yes',
				isMet: isRight,
			},
			{
				what: 'a sign-up meanwhile, median and p99',
				measured: `${percentile(waited, 0.5).toFixed(0)} and ${percentile(waited, 0.99).toFixed(0)} ms`,
			},
		],
		notes: [
			`${waited.length} sign-ups meanwhile, ${waited.filter((each) => each === Number.POSITIVE_INFINITY).length} of them refused`,
			`the worker used ${used.cpuSeconds.toFixed(1)} s of a core, also for the sign-ups’ mails`,
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
}

function clock(): () => number {
	const begun = performance.now()
	return () => (performance.now() - begun) / 1_000
}

/** As another system writes it: who joined when, in two languages, some who had left, some twice. */
function* makeFile(): Generator<string> {
	yield 'email,first_name,language,joined,state\n'
	for (let row = 0; row < many; ) {
		let lines = ''
		for (const end = Math.min(many, row + 1_000); row < end; row++) {
			const number = row % 1_000 === 999 ? row - 1 : row
			const day = new Date(Date.UTC(2015, 0, 1 + (row % 3_000))).toISOString().slice(0, 10)
			const state = row % 100 === 7 ? 'unsubscribed' : ''
			lines += `Reader.${number}@domain${number % 5_000}.example,Awa,${row % 3 === 0 ? 'fr' : 'en'},${day},${state}\n`
		}
		yield lines
	}
}

/** Ten a second; gives how many milliseconds each took. */
async function signUpMeanwhile({ app, usual: newsletter }: Engine, stop: AbortSignal): Promise<number[]> {
	const waited: number[] = []
	for (let number = 0; !stop.aborted; number++) {
		const begun = performance.now()
		// every other one is in the file too
		const email =
			number % 2 === 0
				? `new${number}@signup.example`
				: `Reader.${number * 7}@domain${(number * 7) % 5_000}.example`
		const signup = {
			newsletter,
			email,
			locale: 'en',
			page: 'bench',
			came: { source: 'page' as const },
			ip: '192.0.2.1',
		}
		const took = await subscribe(app, signup).then(
			() => performance.now() - begun,
			() => Number.POSITIVE_INFINITY,
		)
		waited.push(took)
		await wait(Math.max(0, 100 - took))
	}
	return waited
}

type Asked = { method: string; path: string; key: string; body?: Readable | string | undefined; type: string }

// biome-ignore lint/suspicious/noExplicitAny: the answers of the API, as a script reads them
async function ask(port: number, { method, path, key, body, type }: Asked): Promise<any> {
	const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': type }) }
	const asked = request({ port, method, path: `/api/v1${path}`, headers })
	if (body instanceof Readable) body.pipe(asked)
	else asked.end(body)
	const [answer] = await once(asked, 'response')
	const said = await text(answer)
	if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${said}`)
	return JSON.parse(said)
}
