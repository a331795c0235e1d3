import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Log } from '../../src/kernel/log.ts'
import { connectRedis, untilReady } from '../../src/queues/connect-redis.ts'
import { createQueues } from '../../src/queues/create-queues.ts'
import { freePort } from '../support/run-envoi.ts'
import { type StartedServer, startPostgres, startRedis } from '../support/start-servers.ts'
import { type HostileNetwork, startHostileNetwork } from './hostile-network.ts'
import { type HostileRelay, startHostileRelay } from './hostile-relay.ts'
import { type KeptProcess, keepProcess, type Obituary } from './kept-process.ts'
import { type LedgerOfRun, openLedgerOfRun } from './ledger-of-run.ts'
import { type Fault, type FaultCounts, planFaults } from './plan-faults.ts'
import { createRandom } from './random.ts'
import { type StaffAnswers, staffAnswers } from './staff-answers.ts'
import { type Sums, sumUp } from './sum-up.ts'

export type ChaosOptions = {
	seed: number
	readers: number
	faults: FaultCounts
	/** How long the relay hangs each time. */
	hangMs: number
	/** How long what is left may take once the last fault is over. */
	settleMs: number
	/** Ends the run early: all processes are stopped, and it rejects. */
	signal?: AbortSignal
	/** Told what happens. */
	say?: (line: string) => void
}

/** SMTP connections of each worker. */
const connections = 4
const workerCount = 2
const secretKey = 'a secret key of the tests, 32 characters or more'
// a server that is stopped at once keeps what it has told to be committed
const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=300']

type Scene = {
	options: ChaosOptions
	relay: HostileRelay
	network: HostileNetwork
	postgres: StartedServer
	redis: StartedServer
	ledger: LedgerOfRun
	api: KeptProcess
	workers: KeptProcess[]
	staff: StaffAnswers
	obituary: Obituary
}

/**
 * Sends a digest with an API, two workers, a PostgreSQL and a Redis as processes of their own, while all of them and the
 * relay fail at moments that the seed decides; then gives the sums. Whatever it started is stopped when it is done.
 */
export async function runChaos(options: ChaosOptions): Promise<Sums> {
	const closers: Array<() => Promise<unknown> | unknown> = []
	try {
		const scene = await setUp(options, closers)
		const digestId = await triggerOnce(scene)
		const upkeep = await keepUp(scene, digestId)
		closers.push(upkeep.stop)
		await bringFaults(scene)
		await settle(scene, options.settleMs)
		await upkeep.stop()
		return await sumUp({ ...scene, digestId, readers: options.readers, marks: connections * 2 })
	} finally {
		for (const close of closers.reverse()) {
			await Promise.resolve(close()).catch((error) => options.say?.(`not closed: ${error}`))
		}
	}
}

async function setUp(options: ChaosOptions, closers: Array<() => unknown>): Promise<Scene> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-chaos-'))
	closers.push(() => rm(folder, { recursive: true, force: true }))
	options.signal?.throwIfAborted()
	const relay = await startHostileRelay(options.seed)
	closers.push(() => relay.sink.close())
	const network = await startHostileNetwork(options.seed, relay.sink.port)
	closers.push(() => network.close())
	const postgres = await startPostgres(folder, { database: 'envoi', settings })
	closers.push(() => postgres.stop())
	const redis = await startRedis(folder)
	closers.push(() => redis.stop())
	const ledger = await openLedgerOfRun(postgres.url, secretKey, options.readers)
	closers.push(() => ledger.close())

	const obituary: Obituary = { dead: [], unasked: [], alarms: [] }
	const port = await freePort()
	const settingsOf = (name: string) => ({
		DATABASE_URL: `${postgres.url}?application_name=${name}`,
		REDIS_URL: redis.url,
		SMTP_URL: `smtp://127.0.0.1:${network.port}?tls=never`,
		SMTP_CONNECTIONS: String(connections),
		SECRET_KEY: secretKey,
	})
	const url = `http://127.0.0.1:${port}`
	const api = keepProcess('api', (name) => ({ ...settingsOf(name), PORT: String(port) }), obituary)
	closers.push(() => api.stop())
	const workers = Array.from({ length: workerCount }, (_, index) =>
		keepProcess(
			'workers',
			(name) => ({ ...settingsOf(name), PORT: '0', PUBLIC_URL: url }),
			obituary,
			`worker${index + 1}`,
		),
	)
	closers.push(() => Promise.all(workers.map((worker) => worker.stop())))
	await Promise.all([api, ...workers].map((kept) => kept.ready()))
	const staff = staffAnswers(url, ledger.apiKey)
	return { options, relay, network, postgres, redis, ledger, api, workers, staff, obituary }
}

/** Asks for the digest, kills the API meanwhile, and asks again with the same key until it answers. */
async function triggerOnce({ options, api, staff, ledger }: Scene): Promise<number> {
	const asked = staff.trigger(ledger.slug, 'chaos').catch(() => undefined)
	if (options.faults.kill_api > 0) {
		await wait(createRandom(options.seed)() * 80)
		await api.kill()
		await api.ready()
	}
	await asked
	return staff.trigger(ledger.slug, 'chaos')
}

/**
 * Does what time would do: brings the waits between tries and the leases of dead workers to their end, and has the
 * reconciler and lanes run more often than each minute. A database or queue that is away is asked again later.
 */
async function keepUp(
	{ ledger, redis, obituary }: Scene,
	digestId: number,
): Promise<{ stop(): Promise<void> }> {
	const silent: Log = { info: () => {}, warn: () => {}, error: () => {}, child: () => silent }
	const producer = connectRedis(redis.url, 'fails_fast', silent)
	// a queue that is opened before its connection stays useless
	await untilReady(producer, 5_000)
	const queues = createQueues({ kind: 'redis', url: redis.url, producer }, silent)
	let lane = 100
	let stopped = false

	const step = async () => {
		await ledger.ageDeferred()
		await ledger.expireLeasesOf(obituary.dead)
		const counts = await queues.count()
		const waits = (name: string) => counts.some(({ queue, waiting }) => queue === name && waiting > 0)
		// jobs that killed workers had begun are found only when their locks have run out: these stand beside them
		if (!waits('upkeep')) await queues.enqueue('reconcile', {})
		if (!waits('deliveries')) {
			for (let more = 0; more < workerCount; more++) {
				lane += 1
				await queues.enqueue('send-digest', { digestId, lane })
			}
		}
	}
	const run = (async () => {
		while (!stopped) {
			await step().catch(() => {})
			await wait(400)
		}
	})()
	return {
		stop: async () => {
			if (stopped) return
			stopped = true
			await run
			await queues.close()
			producer.disconnect()
		},
	}
}

async function bringFaults(scene: Scene): Promise<void> {
	const { options, relay } = scene
	const faults = planFaults(options.seed, options.faults)
	const pace = setInterval(() => {
		relay.slow = relay.sink.accepted / options.readers > done / faults.length
	}, 100)
	let done = 0
	try {
		for (const fault of faults) {
			await wait(fault.afterMs, undefined, { signal: options.signal })
			const { accepted } = relay.sink
			options.say?.(`${done + 1}/${faults.length} ${fault.kind}, ${accepted} messages so far`)
			await bring(fault, scene)
			done += 1
		}
	} finally {
		clearInterval(pace)
		relay.slow = false
	}
}

async function bring({ kind, which }: Fault, scene: Scene): Promise<void> {
	switch (kind) {
		case 'kill_worker': {
			const worker = scene.workers[Math.floor(which * scene.workers.length)]
			await worker?.ready()
			// so that it is killed at all stages of its work
			await wait((which * 7_919) % 500)
			await worker?.kill()
			return
		}
		case 'kill_api':
			return scene.api.kill()
		case 'flush_redis':
			return flush(scene.redis.url)
		case 'restart_redis':
			return scene.redis.restart('SIGKILL')
		case 'crash_postgres':
			return scene.postgres.restart('SIGQUIT')
		case 'hang_relay':
			scene.relay.hang(scene.options.hangMs)
	}
}

async function flush(url: string): Promise<void> {
	const client = new Redis(url)
	client.on('error', () => {})
	await client.flushall()
	client.disconnect()
}

/** Resolves once nothing is due or under way; after the time that is given, the sums will tell what is left. */
async function settle({ ledger, options }: Scene, withinMs: number): Promise<void> {
	const until = performance.now() + withinMs
	while (performance.now() < until) {
		const open = await ledger.countOpen().catch(() => undefined)
		if (open && open.planned + open.sending === 0) return
		if (open) options.say?.(`${open.planned} due, ${open.sending} under way`)
		await wait(500, undefined, { signal: options.signal })
	}
}
