import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { keep, measureCeiling, type Part, startPart } from './children.ts'
import { makeAudience, makeSubscribers, planEdition, sendEdition, sendSome } from './editions.ts'
import type { Measured } from './measure.ts'
import { cpuSecondsOf, pinTo, treeOf } from './processes.ts'

type Server = { url: string; process: { pid?: number | undefined } }

export type EngineSettings = {
	postgres: Server
	redis: Server
	sink: { port: number; pid: number }
	/** Path of `smtp-source`. */
	source: string
	connections: number
	/** How many messages a run sends. */
	messages: number
	/** How many readers the large newsletter has. */
	large: number
	/** PEM of an RSA key, for the runs that sign. */
	dkimKey: string
}

/** `cpuMs` is what a message costs the workers, the others what it costs PostgreSQL, Redis and the sink. */
export type EngineRun = {
	rate: number
	cpuMs: number
	databaseMs: number
	redisMs: number
	sinkMs: number
	peakMb: number
}

/** What is measured, each on processes of its own that were started for it. */
export type Engine = {
	app: App
	small: Newsletter
	usual: Newsletter
	large: Newsletter
	startWorkers(options?: { signed?: boolean }): Promise<Part>
	startApi(port: number, more?: Record<string, string>): Promise<Part>
	/** What it is set to, for what is measured beside it. */
	environment: Record<string, string>
	/** What PostgreSQL and Redis have used so far. */
	serversUsed(): { database: number; redis: number }
	/** Messages a second of `smtp-source`. */
	ceiling(size: number): Promise<number>
	/** So many worker processes send one digest to the usual audience; on one core, where asked, with all that they use. */
	run(options: { workers: number; signed?: boolean; oneCore?: boolean }): Promise<EngineRun>
	/** One worker process sends, at most so many, of what was planned for it. */
	peakOf(newsletter: Newsletter, atMost: number): Promise<{ peakMb: number; planSeconds: number }>
	/** The embedded parts, all in one process; messages a second. */
	embedded(folder: string, messages: number): Promise<number>
	close(): Promise<void>
}

/** Opens an engine on servers that are there, with three audiences: 10,000, what a run sends, and the large one. */
export async function openEngine(settings: EngineSettings): Promise<Engine> {
	const { connections, messages, sink, source } = settings
	const servers = () =>
		[settings.postgres, settings.redis].flatMap((server) => treeOf(server.process.pid ?? 0))
	// looked for anew each time: connections are processes of PostgreSQL's, and may come and go
	const serversUsed = () => ({
		database: cpuSecondsOf(treeOf(settings.postgres.process.pid ?? 0)),
		redis: cpuSecondsOf(treeOf(settings.redis.process.pid ?? 0)),
	})
	const everywhere = `0-${cpus().length - 1}`
	const app = await openApp(readConfig(environmentOf(settings)))
	await makeSubscribers(app, settings.large)
	const small = await makeAudience(app, 10_000)
	const usual = await makeAudience(app, messages)
	const large = await makeAudience(app, settings.large)
	const start = ({ signed = false } = {}) =>
		startPart('workers', { ...environmentOf(settings), ...(signed && signing(settings.dkimKey)) })

	return {
		app,
		small,
		usual,
		large,
		startWorkers: start,
		startApi: (port, more) => startPart('api', { ...environmentOf(settings), ...more, PORT: String(port) }),
		environment: environmentOf(settings),
		serversUsed,
		ceiling: (size) => measureCeiling(source, { port: sink.port, connections, messages, size }),
		run: async ({ workers, signed, oneCore = false }) => {
			const parts = await Promise.all(Array.from({ length: workers }, () => start({ signed })))
			if (oneCore) pinTo('0', [...servers(), sink.pid, ...parts.map(({ pid }) => pid)])
			// Node compiles what runs often only after a while
			await sendEdition(app, (await planEdition(app, small)).digestId)
			const { digestId } = await planEdition(app, usual)
			const perMessage = (before: number, after: number) => (1_000 * (after - before)) / messages
			const before = await Promise.all(parts.map((part) => part.used()))
			const [serversBefore, sinkBefore] = [serversUsed(), cpuSecondsOf([sink.pid])]
			const { rate } = await sendEdition(app, digestId)
			const [serversAfter, sinkAfter] = [serversUsed(), cpuSecondsOf([sink.pid])]
			const after = await Promise.all(parts.map((part) => part.used()))
			await Promise.all(parts.map((part) => part.stop()))
			if (oneCore) pinTo(everywhere, [...servers(), sink.pid])
			return {
				rate,
				cpuMs: perMessage(
					sum(before.map((used) => used.cpuSeconds)),
					sum(after.map((used) => used.cpuSeconds)),
				),
				databaseMs: perMessage(serversBefore.database, serversAfter.database),
				redisMs: perMessage(serversBefore.redis, serversAfter.redis),
				sinkMs: perMessage(sinkBefore, sinkAfter),
				peakMb: Math.max(...after.map((used) => used.peakMb)),
			}
		},
		peakOf: async (newsletter, atMost) => {
			const { digestId, planSeconds } = await planEdition(app, newsletter)
			const part = await start()
			await sendSome(app, digestId, atMost)
			const { peakMb } = await part.used()
			await part.stop()
			return { peakMb, planSeconds }
		},
		embedded: async (folder, count) => {
			const url = `smtp://127.0.0.1:${sink.port}?tls=never`
			const file = fileURLToPath(new URL('send-digest.ts', import.meta.url))
			const child = keep(fork(file, [folder, url, String(connections), String(count), `${folder}.json`]))
			const told = once(child, 'message')
			const [code] = await once(child, 'exit')
			if (code !== 0) throw new Error(`the embedded parts ended with ${code}`)
			const [measured] = (await told) as [Measured]
			return measured.messages / measured.seconds
		},
		close: () => app.close(),
	}
}

function environmentOf({ postgres, redis, sink, connections }: EngineSettings) {
	return {
		DATABASE_URL: postgres.url,
		REDIS_URL: redis.url,
		SMTP_URL: `smtp://127.0.0.1:${sink.port}?tls=never`,
		SMTP_CONNECTIONS: String(connections),
		INSTALLATION_ID: 'benchmark',
		BOUNCE_DOMAIN: 'bounces.charity.example',
		PUBLIC_URL: 'https://news.charity.example',
		SECRET_KEY: 'a secret key of the benchmark, 32 characters or more',
		SIGNUPS_PER_IP_AND_HOUR: '1000000',
		SIGNUPS_PER_DOMAIN_AND_HOUR: '1000000',
		SIGNUPS_PER_NEWSLETTER_AND_HOUR: '1000000',
		SIGNUPS_PER_HOUR: '1000000',
		LOG_LEVEL: 'warn',
	}
}

function signing(privateKey: string) {
	return { DKIM_DOMAIN: 'charity.example', DKIM_SELECTOR: 'bench', DKIM_PRIVATE_KEY: privateKey }
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0)
}
