import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { explainPreview } from '../src/digests/index.ts'
import { operator } from '../src/kernel/actor.ts'
import type { Newsletter } from '../src/newsletters/index.ts'
import {
	countSubscriptions,
	findReaders,
	getReaderByAddress,
	preferencesUrl,
	unsubscribeUrl,
} from '../src/subscriptions/index.ts'
import { findServers } from '../test/support/find-servers.ts'
import { freePort } from '../test/support/run-envoi.ts'
import type { Engine } from './parts/measure-engine.ts'
import { median, percentile, type Row, report } from './parts/report.ts'
import { makeVariedAudience, makeVariedStories } from './parts/varied-audience.ts'
import { withEngine } from './parts/with-engine.ts'

// What staff and readers wait for where there are 1,000,000 readers with 200 combinations of choices: finding a person,
// counting, what a digest would do, and saving one's choices beside leaving by one click, in turns over HTTP.

// usage: readers.ts [READERS]
const many = Number(process.argv[2] ?? 1_000_000)
const results = fileURLToPath(new URL('results.md', import.meta.url))

const servers = findServers()
if (servers.missing.length > 0) console.log(`readers: left out, for lack of ${servers.missing.join(', ')}`)
else {
	await withEngine({ large: many }, measureAll)
	process.exit()
}

async function measureAll(engine: Engine): Promise<void> {
	const { app } = engine
	const newsletter = await makeVariedAudience(app, { readers: many, combinations: 200 })
	await makeVariedStories(app, newsletter)
	const exact = await timesOf(30, (run) =>
		getReaderByAddress(app, `reader${1 + ((run * 7919) % many)}@example.net`, operator),
	)
	const beginning = await timesOf(30, (run) =>
		findReaders(app, { beginning: `reader${1 + ((run * 7919) % many)}`, limit: 51 }, operator),
	)
	const counting = await timesOf(30, () => countSubscriptions(app, newsletter.id))
	const dryRun = await timesOf(3, () => explainPreview(app, newsletter.id))
	const { saving, leaving } = await measureForms(engine, newsletter)
	const ratio = percentile(saving, 0.99) / percentile(leaving, 0.99)
	report(results, {
		rows: [
			within('finding a person by the whole address', exact, 100),
			within('… by its beginning', beginning, 100),
			within('counting by state, topic and language', counting, 100),
			within('what a digest would do (dry run)', dryRun, 3_000),
			{ what: 'leaving by one click, p99', measured: `${percentile(leaving, 0.99).toFixed(1)} ms` },
			{
				what: 'saving choices, p99',
				measured: `${percentile(saving, 0.99).toFixed(1)} ms`,
				ratio: ratio.toFixed(2),
				target: '≤ 2 times',
				isMet: ratio <= 2,
			},
		],
		notes: [
			`${many} readers with 200 combinations of choices; medians, but for p99 of 400 requests each, in turns`,
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
}

function within(what: string, times: readonly number[], most: number): Row {
	const time = median(times)
	return { what, measured: `${time.toFixed(1)} ms`, target: `≤ ${most} ms`, isMet: time <= most }
}

async function timesOf(runs: number, work: (run: number) => Promise<unknown>): Promise<number[]> {
	const times: number[] = []
	for (let run = 0; run < runs; run++) {
		const begun = performance.now()
		await work(run)
		times.push(performance.now() - begun)
	}
	return times
}

/** Readers save their choices and leave, one after the other, at an API of its own. */
async function measureForms(
	{ app, startApi }: Engine,
	newsletter: Newsletter,
): Promise<{ saving: number[]; leaving: number[] }> {
	const port = await freePort()
	const api = await startApi(port)
	const rows = await app.db
		.selectFrom('subscriptions')
		.select('id')
		.where('newsletter_id', '=', newsletter.id)
		.orderBy('id')
		.limit(900)
		.execute()
	const form = new URLSearchParams()
	for (let topic = 0; topic < 8; topic++) form.append('offered', `topic-${topic}`)
	for (const topic of ['topic-1', 'topic-2']) form.append('topics', topic)
	const post = async (url: string, body: URLSearchParams) => {
		const address = url.replace(/^https?:\/\/[^/]+/, `http://127.0.0.1:${port}`)
		const begun = performance.now()
		const answer = await fetch(address, { method: 'POST', body })
		await answer.text()
		if (answer.status !== 200) throw new Error(`${answer.status} for ${url}`)
		return performance.now() - begun
	}
	const oneClick = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
	const saving: number[] = []
	const leaving: number[] = []
	for (const [index, { id: subscriptionId }] of rows.entries()) {
		const link = { subscriptionId, digestId: 0 }
		const isSaving = index % 2 === 0
		const took = isSaving
			? await post(preferencesUrl(app, link), form)
			: await post(unsubscribeUrl(app, link), oneClick)
		// Node compiles what runs often only after a while
		if (index >= 100) (isSaving ? saving : leaving).push(took)
	}
	await api.stop()
	return { saving, leaving }
}
