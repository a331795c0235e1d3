import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, findServers } from '../test/support/find-servers.ts'
import { freePort } from '../test/support/run-envoi.ts'
import { allowedRow } from './parts/allowed-row.ts'
import { type AnswerTimes, measureAnswers } from './parts/answer-times.ts'
import { cancelEdition, planEdition, sizeOfMessage, startEdition } from './parts/editions.ts'
import type { Engine, EngineRun } from './parts/measure-engine.ts'
import { median, type Row, report } from './parts/report.ts'
import { withEngine } from './parts/with-engine.ts'

// The sending engine on PostgreSQL and Redis started for it: worker processes of the real app send to Postfix's
// `smtp-sink`, beside Postfix's `smtp-source`, a C program, which is the ceiling. Runs take turns, so that what else the
// machine does meets all of them; medians are told. Takes about six minutes.

// usage: engine.ts [CONNECTIONS [ROUNDS]]
const connections = Number(process.argv[2] ?? 20)
const messages = 20_000
const large = 1_000_000
const rounds = Number(process.argv[3] ?? 3)
const results = fileURLToPath(new URL('results.md', import.meta.url))

type Round = {
	ceiling: number
	one: EngineRun
	signed: EngineRun
	two: EngineRun
	oneCore: EngineRun
	embedded: number
}

const servers = findServers()
const sink = findProgram('smtp-sink')
const source = findProgram('smtp-source')
const programs = { 'smtp-sink': sink, 'smtp-source': source, taskset: findProgram('taskset') }
const missing = [
	...servers.missing,
	...Object.entries(programs).flatMap(([name, path]) => (path ? [] : [name])),
]
if (missing.length > 0) console.log(`engine: left out, for lack of ${missing.join(', ')}`)
else {
	say('making 1,000,000 subscribers')
	await withEngine({ large, connections, messages, sink, source }, measureAll)
	process.exit()
}

async function measureAll(engine: Engine, folder: string): Promise<void> {
	const { digestId } = await planEdition(engine.app, engine.small)
	const size = await sizeOfMessage(engine.app, digestId)
	await cancelEdition(engine.app, digestId)
	const done: Round[] = []
	for (let round = 1; round <= rounds; round++) {
		say(`round ${round} of ${rounds}`)
		done.push(await measureRound(engine, { size, folder: join(folder, `embedded-${round}`) }))
	}
	say('memory')
	const few = await engine.peakOf(engine.small, 10_000)
	const many = await engine.peakOf(engine.large, 3 * messages)
	say('answers to visitors')
	const answers = await measureVisitors(engine)
	report(results, {
		rows: [...speedRows(done), ...scaleRows(few, many), answerRow(answers)],
		notes: [
			`${connections} SMTP connections a process; messages of ${size} bytes; ${messages} a run, ${rounds} rounds, medians`,
			'the ceiling is the median of three runs of `smtp-source -d` in each round, before, between and after the others',
			'what two cores allow is 2,000 ms divided by the CPU that a message takes in all',
			'PostgreSQL writes durably (fsync and synchronous_commit on); all runs on the same cores',
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
}

async function measureRound(
	engine: Engine,
	{ size, folder }: { size: number; folder: string },
): Promise<Round> {
	const before = await engine.ceiling(size)
	const one = await engine.run({ workers: 1 })
	const two = await engine.run({ workers: 2 })
	const between = await engine.ceiling(size)
	const signed = await engine.run({ workers: 1, signed: true })
	const oneCore = await engine.run({ workers: 1, oneCore: true })
	const embedded = await engine.embedded(folder, 10_000)
	const after = await engine.ceiling(size)
	const ceiling = median([before, between, after])
	say(
		[
			`ceiling ${[before, between, after].map(Math.round).join(', ')}`,
			`one ${Math.round(one.rate)} at ${one.cpuMs.toFixed(3)} ms`,
			`two ${Math.round(two.rate)}`,
			`one on one core ${Math.round(oneCore.rate)}`,
			`signed ${Math.round(signed.rate)}`,
			`embedded ${Math.round(embedded)} a second`,
		].join('; '),
	)
	return { ceiling, one, signed, two, oneCore, embedded }
}

/** How long a subscribe request takes at rest and during a full-speed send of one worker process, in turns. */
async function measureVisitors(engine: Engine): Promise<{ idle: AnswerTimes[]; busy: AnswerTimes[] }> {
	const port = await freePort()
	const [api, worker] = await Promise.all([engine.startApi(port), engine.startWorkers()])
	const url = `http://127.0.0.1:${port}/api/v1/newsletters/${engine.small.slug}/subscriptions`
	const pace = { seconds: 10, perSecond: 30 }
	await measureAnswers(url, { seconds: 3, perSecond: 30 })
	const idle: AnswerTimes[] = []
	const busy: AnswerTimes[] = []
	for (let round = 0; round < rounds; round++) {
		idle.push(await measureAnswers(url, pace))
		const { digestId } = await planEdition(engine.app, engine.large)
		await startEdition(engine.app, digestId)
		busy.push(await measureAnswers(url, pace))
		await cancelEdition(engine.app, digestId)
	}
	await Promise.all([api.stop(), worker.stop()])
	return { idle, busy }
}

function speedRows(done: readonly Round[]): Row[] {
	const rate = (pick: (round: Round) => number) => `${Math.round(median(done.map(pick)))}/s`
	const share = (pick: (round: Round) => number, least: number) => {
		const ratio = median(done.map((round) => pick(round) / round.ceiling))
		return {
			measured: rate(pick),
			ratio: ratio.toFixed(3),
			target: `≥ ${least} of the ceiling`,
			isMet: ratio >= least,
		}
	}
	const cpuMs = median(done.map(({ one }) => one.cpuMs))
	const peakMb = Math.max(...done.map(({ one }) => one.peakMb))
	const gain = median(done.map(({ oneCore, two }) => two.rate / oneCore.rate))
	const more = median(done.map(({ one, two }) => two.rate / one.rate))
	const parts = [
		median(done.map(({ two }) => two.cpuMs)),
		median(done.map(({ two }) => two.databaseMs)),
		median(done.map(({ two }) => two.sinkMs)),
	]
	return [
		{ what: 'smtp-source, the ceiling', measured: rate(({ ceiling }) => ceiling), ratio: '1' },
		{ what: 'one worker process', ...share(({ one }) => one.rate, 0.35) },
		{
			what: '… CPU a message',
			measured: `${cpuMs.toFixed(3)} ms`,
			target: '≤ 0.35 ms',
			isMet: cpuMs <= 0.35,
		},
		{
			what: '… most memory',
			measured: `${Math.round(peakMb)} MB`,
			target: '< 200 MB',
			isMet: peakMb < 200,
		},
		{ what: 'one worker process, RSA-2048 DKIM', ...share(({ signed }) => signed.rate, 0.2) },
		allowedRow(done.map(({ signed }) => signed)),
		{ what: 'two worker processes', ...share(({ two }) => two.rate, 0.56) },
		{
			what: '… against one with all on one core',
			measured: rate(({ oneCore }) => oneCore.rate),
			ratio: gain.toFixed(2),
			target: '≥ 1.6 times',
			isMet: gain >= 1.6,
		},
		{ what: '… against one that has both cores', measured: '', ratio: more.toFixed(2) },
		{
			what: '… CPU a message: workers, PostgreSQL, sink',
			measured: `${parts.map((ms) => ms.toFixed(2)).join(' + ')} ms`,
		},
		{ what: 'embedded parts', ...share(({ embedded }) => embedded, 0.15) },
	]
}

type Peak = { peakMb: number; planSeconds: number }

function scaleRows(few: Peak, many: Peak): Row[] {
	const growth = many.peakMb / few.peakMb
	return [
		{
			what: 'planning 1,000,000 recipients',
			measured: `${many.planSeconds.toFixed(1)} s`,
			target: '< 30 s',
			isMet: many.planSeconds < 30,
		},
		{ what: 'worker’s memory, ledger of 10,000', measured: `${Math.round(few.peakMb)} MB` },
		{
			what: `… of 1,000,000 (${3 * messages} of it sent)`,
			measured: `${Math.round(many.peakMb)} MB`,
			ratio: growth.toFixed(2),
			target: '< 200 MB, no growth (≤ 1.15)',
			isMet: many.peakMb < 200 && growth <= 1.15,
		},
	]
}

function answerRow({ idle, busy }: { idle: AnswerTimes[]; busy: AnswerTimes[] }): Row {
	const [atRest, during] = [idle, busy].map((times) => median(times.map(({ p99 }) => p99))) as [
		number,
		number,
	]
	return {
		what: 'subscribe over HTTP, p99 at rest and in a send',
		measured: `${atRest.toFixed(1)} and ${during.toFixed(1)} ms`,
		ratio: (during / atRest).toFixed(2),
		target: '≤ 4 times',
		isMet: during <= 4 * atRest,
	}
}

function say(text: string): void {
	console.log(`engine: ${text}`)
}
