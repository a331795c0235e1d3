import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { findProgram, findServers } from '../test/support/find-servers.ts'
import { makePrivateNetwork, missingForPostfix, startPostfix } from '../test/support/start-postfix.ts'
import { startPostgres, startRedis } from '../test/support/start-servers.ts'
import { endChildrenAtExit, keep, startPart, startSmtpSink } from './parts/children.ts'
import { makeAudience, makeSubscribers, planEdition, sendEdition } from './parts/editions.ts'
import { cpuSecondsOf, treeOf } from './parts/processes.ts'
import { median, type Row, report } from './parts/report.ts'

// How fast a digest goes through a relay that is far away: PostgreSQL and Redis, one worker, messages of about 30 KB,
// a proxy that holds back what goes through in each direction. Beside it, in the same run, the same with Nodemailer's own
// SMTP transaction. Relays: Postfix's smtp-sink, which offers PIPELINING; a sink of ours that offers CHUNKING too and answers
// at once; and a real Postfix that does so, but whose replies wait for each other (docs/decisions/two-messages-at-once.md).
// usage: npm run bench -- relay [ROUNDS] [DELAY,DELAY…] [CONNECTIONS]

const [rounds = 1, , connections = 10] = process.argv.slice(2).map(Number)
const delays = (process.argv[3] ?? '0,5,25,100').split(',').map(Number)
const results = fileURLToPath(new URL('results.md', import.meta.url))

const quietPostfix = [
	'smtpd_client_connection_count_limit = 0',
	'smtpd_client_message_rate_limit = 0',
	'default_process_limit = 100',
]

const servers = findServers()
const sinkProgram = findProgram('smtp-sink')
const missing = [...servers.missing, ...(sinkProgram ? [] : ['smtp-sink']), ...missingForPostfix()]
if (missing.length > 0) console.log(`relay: left out, for lack of ${missing.join(', ')}`)
else await benchRelay()

/** `least` messages a connection and round trip are asked at 50 ms. */
type Target = {
	name: string
	host: string
	port: number
	least: number
	pids(): number[]
	atRest?(): Promise<boolean>
}
type Run = { rate: number; cpuMs: number; totalMs: number }

async function benchRelay(): Promise<void> {
	endChildrenAtExit()
	const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-'))
	await chmod(folder, 0o711)
	const closers: Array<() => unknown> = [() => rm(folder, { recursive: true, force: true })]
	try {
		const postgres = await startPostgres(folder, { database: 'envoi', settings: ['max_connections=200'] })
		closers.push(postgres.stop)
		keep(postgres.process)
		const redis = await startRedis(folder)
		closers.push(redis.stop)
		keep(redis.process)
		const network = makePrivateNetwork()
		closers.push(network.remove)
		const postfix = await startPostfix(network, { '*': 'discard' }, quietPostfix)
		closers.push(postfix.stop)
		const sink = await startSmtpSink(sinkProgram)
		const chunking = await startChunkingSink()
		const local = { host: '127.0.0.1' }
		const targets: Target[] = [
			{ ...local, name: 'smtp-sink, PIPELINING', port: sink.port, least: 0.85, pids: () => [sink.pid] },
			{ ...local, name: 'a sink, CHUNKING', port: chunking.port, least: 1.6, pids: () => [chunking.pid] },
			{
				host: network.there,
				name: 'Postfix, CHUNKING',
				port: 25,
				least: 0.85,
				pids: () => [],
				atRest: async () => (await postfix.queued()) === 0,
			},
		]
		const environment = environmentOf(postgres.url, redis.url)
		const app = await openApp(readConfig({ ...environment, SMTP_URL: 'smtp://127.0.0.1:9?tls=never' }))
		closers.push(() => app.close())
		await makeSubscribers(app, 20_000)
		const rows: Row[] = []
		for (const delayMs of delays) {
			for (const target of targets) {
				const runs: Record<'nodemailer' | 'envoi', Run[]> = { nodemailer: [], envoi: [] }
				for (let round = 0; round < rounds; round++) {
					for (const way of ['nodemailer', 'envoi'] as const) {
						runs[way].push(await measure(target, delayMs, way))
					}
				}
				rows.push(...rowsOf(target, delayMs, runs))
			}
		}
		report(results, {
			rows,
			notes: [
				`one worker process, ${connections} SMTP connections, messages of about 30 KB, ${rounds} rounds, medians`,
				'a round trip is twice the delay of the proxy; messages a connection and round trip are the ratio',
				'the baseline is Nodemailer’s own SMTP transaction in the same engine, in turns with Envoi’s',
				'listmonk 6, measured by us in November 2026 on another machine and not here: 72/s over 20 connections at 50 ms',
			],
		})

		async function measure(target: Target, delayMs: number, way: 'nodemailer' | 'envoi'): Promise<Run> {
			while (target.atRest && !(await target.atRest()))
				await new Promise((resolve) => setTimeout(resolve, 200))
			// a proxy takes more of the processor than a relay: none where nothing is to be delayed
			const proxy = delayMs > 0 ? await startProxy(target, delayMs) : { ...target, stop: () => {} }
			const worker = await startPart('workers', {
				...environment,
				SMTP_URL: `smtp://${proxy.host}:${proxy.port}?tls=never`,
				...(way === 'nodemailer' && { BENCH_RELAY: 'nodemailer' }),
			})
			const messages =
				delayMs === 0 ? 20_000 : Math.min(20_000, Math.round((connections * 10_000) / (2 * delayMs)))
			const warm = await makeAudience(app, Math.min(2_000, messages / 2))
			const readers = await makeAudience(app, messages)
			await sendEdition(app, (await planEdition(app, warm)).digestId)
			const { digestId } = await planEdition(app, readers)
			const others = () => cpuSecondsOf([...treeOf(postgres.process.pid ?? 0), ...target.pids()])
			const [before, othersBefore] = [await worker.used(), others()]
			const { rate } = await sendEdition(app, digestId)
			const [after, othersAfter] = [await worker.used(), others()]
			await worker.stop()
			proxy.stop()
			const cpuMs = (1_000 * (after.cpuSeconds - before.cpuSeconds)) / messages
			const totalMs = cpuMs + (1_000 * (othersAfter - othersBefore)) / messages
			console.log(
				`relay: ${target.name}, ${2 * delayMs} ms, ${way}: ${rate.toFixed(0)}/s, ${cpuMs.toFixed(3)} ms`,
			)
			return { rate, cpuMs, totalMs }
		}
	} finally {
		for (const close of closers.reverse()) await close()
	}
	process.exit()
}

function rowsOf(target: Target, delayMs: number, runs: Record<'nodemailer' | 'envoi', Run[]>): Row[] {
	const of = (way: 'nodemailer' | 'envoi', pick: (run: Run) => number) => median(runs[way].map(pick))
	const [ours, theirs] = [of('envoi', ({ rate }) => rate), of('nodemailer', ({ rate }) => rate)]
	const perTrip = (rate: number) => (rate * 2 * delayMs) / 1_000 / connections
	const { least } = target
	const what = `${target.name}, ${2 * delayMs} ms`
	const cpu = of('envoi', ({ cpuMs }) => cpuMs) / of('nodemailer', ({ cpuMs }) => cpuMs)
	if (delayMs === 0) {
		return [
			{ what: `${what}: Nodemailer’s transaction`, measured: `${theirs.toFixed(0)}/s` },
			{
				what: '… Envoi’s',
				measured: `${ours.toFixed(0)}/s`,
				ratio: (ours / theirs).toFixed(2),
				target: '≥ 1 of Nodemailer’s',
				isMet: ours >= theirs,
			},
			{
				what: '… CPU a message of the worker',
				measured: `${of('envoi', ({ cpuMs }) => cpuMs).toFixed(3)} ms`,
				ratio: cpu.toFixed(2),
				target: '≤ 0.9 of Nodemailer’s',
				isMet: cpu <= 0.9,
			},
		]
	}
	return [
		{
			what: `${what}: Nodemailer’s transaction`,
			measured: `${theirs.toFixed(0)}/s`,
			ratio: perTrip(theirs).toFixed(2),
		},
		{
			what: '… Envoi’s',
			measured: `${ours.toFixed(0)}/s`,
			ratio: perTrip(ours).toFixed(2),
			...(delayMs === 25 && { target: `≥ ${least}`, isMet: perTrip(ours) >= least }),
		},
	]
}

function environmentOf(databaseUrl: string, redisUrl: string) {
	return {
		DATABASE_URL: databaseUrl,
		REDIS_URL: redisUrl,
		SMTP_CONNECTIONS: String(connections),
		INSTALLATION_ID: 'benchmark',
		BOUNCE_DOMAIN: 'bounces.charity.example',
		PUBLIC_URL: 'https://news.charity.example',
		SECRET_KEY: 'a secret key of the benchmark, 32 characters or more',
		LOG_LEVEL: 'warn',
	}
}

async function startProxy(
	{ host, port }: Target,
	delayMs: number,
): Promise<{ host: string; port: number; stop(): void }> {
	const file = fileURLToPath(new URL('parts/delay-proxy.ts', import.meta.url))
	const child: ChildProcess = keep(fork(file, [host, String(port), String(delayMs)]))
	return { host: '127.0.0.1', port: await portOf(child), stop: () => child.disconnect() }
}

async function startChunkingSink(): Promise<{ port: number; pid: number }> {
	const child = keep(fork(fileURLToPath(new URL('parts/chunking-sink.ts', import.meta.url))))
	return { port: await portOf(child), pid: child.pid ?? 0 }
}

async function portOf(child: ChildProcess): Promise<number> {
	const [told] = (await once(child, 'message')) as [{ port: number }]
	return told.port
}
