import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { planDigest } from '../src/deliveries/index.ts'
import { triggerDigest } from '../src/digests/index.ts'
import { operator } from '../src/kernel/actor.ts'
import { compileByStructure } from '../src/mail/compile-by-structure.ts'
import { compileMjml } from '../src/mail/compile-mjml.ts'
import { createRenderMail } from '../src/mail/render-mail.ts'
import type { Newsletter } from '../src/newsletters/index.ts'
import { sampleDigest, sampleStory } from '../test/emails/sample-mails.ts'
import { findProgram, findServers } from '../test/support/find-servers.ts'
import { cancelEdition, sendEdition } from './parts/editions.ts'
import type { Engine } from './parts/measure-engine.ts'
import { median, type Row, report } from './parts/report.ts'
import { makeVariedAudience, makeVariedStories } from './parts/varied-audience.ts'
import { withEngine } from './parts/with-engine.ts'

// What it costs that readers choose: a digest with 200 variants beside one with 2, planned for 1,000,000 readers and sent
// to 20,000, in turns on servers started for it; and a variant put together beside one that MJML compiles.

// usage: variants.ts [ROUNDS [READERS]]
const rounds = Number(process.argv[2] ?? 2)
const many = Number(process.argv[3] ?? 1_000_000)
const messages = 20_000
const results = fileURLToPath(new URL('results.md', import.meta.url))

const servers = findServers()
const sink = findProgram('smtp-sink')
if (servers.missing.length > 0 || !sink)
	console.log(
		`variants: left out, for lack of ${[...servers.missing, ...(sink ? [] : ['smtp-sink'])].join(', ')}`,
	)
else {
	await withEngine({ large: many, sink }, measureAll)
	process.exit()
}

type Planned = { digestId: number; triggerSeconds: number; planSeconds: number }
type Sent = { rate: number; cpuMs: number; peakMb: number }

async function measureAll(engine: Engine): Promise<void> {
	const { app } = engine
	const compiled = await measureCompiling()
	const large = {
		few: await makeVariedAudience(app, { readers: many, combinations: 2 }),
		many: await makeVariedAudience(app, { readers: many, combinations: 200 }),
	}
	const usual = {
		few: await makeVariedAudience(app, { readers: messages, combinations: 2 }),
		many: await makeVariedAudience(app, { readers: messages, combinations: 200 }),
	}
	const plans: Array<{ few: Planned; many: Planned }> = []
	const sends: Array<{ few: Sent; many: Sent }> = []
	for (let round = 0; round < rounds; round++) {
		plans.push({ few: await plan(engine, large.few), many: await plan(engine, large.many) })
		for (const { digestId } of Object.values(plans.at(-1) ?? {})) await cancelEdition(app, digestId)
		sends.push({ few: await send(engine, usual.few), many: await send(engine, usual.many) })
	}
	const { digestId } = await plan(engine, usual.many)
	const [sizes] = await app.db
		.selectFrom('renditions')
		.innerJoin('variants', 'variants.id', 'variant_id')
		.select([
			sql<number>`count(*)::int`.as('count'),
			sql<number>`avg(length(html) + length(text))::int`.as('usual'),
			sql<number>`max(length(html) + length(text))::int`.as('longest'),
		])
		.where('digest_id', '=', digestId)
		.execute()
	await cancelEdition(app, digestId)
	report(results, {
		rows: rowsOf(compiled, plans, sends),
		notes: [
			`the larger digests have ${sizes?.count} variants, of ${Math.round((sizes?.usual ?? 0) / 1_000)} KB on average, the longest of ${Math.round((sizes?.longest ?? 0) / 1_000)} KB; ${rounds} rounds in turns, medians`,
			`planned for ${many} readers, sent to ${messages} by one worker process over 20 connections`,
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
}

/** Milliseconds that MJML takes for a digest of ten stories, and that putting one of other stories together takes. */
async function measureCompiling(): Promise<{ whole: number; assembled: number }> {
	const filled: string[] = []
	const compile = async (mail: string, mjml: string) => {
		filled.push(mjml)
		return compileMjml(mail, mjml)
	}
	const render = createRenderMail({ compile })
	for (let run = 0; run < 40; run++) {
		const stories = Array.from({ length: 10 }, (_, index) => sampleStory({ title: `Story ${run} ${index}` }))
		await render('digest', 'en', sampleDigest('en', { stories }))
	}
	const time = async (way: typeof compileMjml) => {
		const times: number[] = []
		for (const mjml of filled) {
			const begun = performance.now()
			await way('digest', mjml)
			times.push(performance.now() - begun)
		}
		return median(times.slice(10))
	}
	return { whole: await time(compileMjml), assembled: await time(compileByStructure(compileMjml)) }
}

async function plan({ app }: Engine, newsletter: Newsletter): Promise<Planned> {
	await makeVariedStories(app, newsletter)
	const quiet = { ...app, jobs: { enqueue: async () => {} } }
	const begun = performance.now()
	const triggered = await triggerDigest(quiet, newsletter.id, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	const digestId = triggered.digest.id
	const made = performance.now()
	await planDigest(quiet, digestId)
	return {
		digestId,
		triggerSeconds: (made - begun) / 1_000,
		planSeconds: (performance.now() - made) / 1_000,
	}
}

async function send(engine: Engine, newsletter: Newsletter): Promise<Sent> {
	const part = await engine.startWorkers()
	// Node compiles what runs often only after a while
	await sendEdition(engine.app, (await plan(engine, newsletter)).digestId)
	const { digestId } = await plan(engine, newsletter)
	const before = await part.used()
	const { rate } = await sendEdition(engine.app, digestId)
	const { cpuSeconds, peakMb } = await part.used()
	await part.stop()
	return { rate, cpuMs: (1_000 * (cpuSeconds - before.cpuSeconds)) / messages, peakMb }
}

function rowsOf(
	compiled: { whole: number; assembled: number },
	plans: ReadonlyArray<{ few: Planned; many: Planned }>,
	sends: ReadonlyArray<{ few: Sent; many: Sent }>,
): Row[] {
	const share = compiled.assembled / compiled.whole
	const seconds = (pick: (planned: Planned) => number, which: 'few' | 'many') =>
		median(plans.map((each) => pick(each[which])))
	const planned = seconds(({ planSeconds }) => planSeconds, 'many')
	const times = median(plans.map((each) => each.many.planSeconds / each.few.planSeconds))
	const rates = median(sends.map((each) => each.many.rate / each.few.rate))
	const peakOf = (which: 'few' | 'many') => Math.max(...sends.map((each) => each[which].peakMb))
	const peak = peakOf('many')
	return [
		{ what: 'a digest of 10 stories, compiled whole', measured: `${compiled.whole.toFixed(1)} ms` },
		{
			what: '… put together',
			measured: `${compiled.assembled.toFixed(2)} ms`,
			ratio: share.toFixed(3),
			target: '≤ 1/20',
			isMet: share <= 0.05,
		},
		{
			what: 'triggering, 2 variants',
			measured: `${seconds((each) => each.triggerSeconds, 'few').toFixed(1)} s`,
		},
		{ what: '… 200 variants', measured: `${seconds((each) => each.triggerSeconds, 'many').toFixed(1)} s` },
		{
			what: `planning ${many}, 2 variants`,
			measured: `${seconds((each) => each.planSeconds, 'few').toFixed(1)} s`,
		},
		{
			what: '… 200 variants',
			measured: `${planned.toFixed(1)} s`,
			ratio: times.toFixed(2),
			target: '< 15 s, ≤ 2 times',
			isMet: planned < 15 && times <= 2,
		},
		{ what: 'most memory of the worker, 2 variants', measured: `${Math.round(peakOf('few'))} MB` },
		{ what: 'one worker, 2 variants', measured: `${Math.round(median(sends.map(({ few }) => few.rate)))}/s` },
		{
			what: '… 200 variants',
			measured: `${Math.round(median(sends.map((each) => each.many.rate)))}/s`,
			ratio: rates.toFixed(2),
			target: '≥ 0.95',
			isMet: rates >= 0.95,
		},
		{
			what: '… most memory of the worker',
			measured: `${Math.round(peak)} MB`,
			target: '< 200 MB',
			isMet: peak < 200,
		},
	]
}
