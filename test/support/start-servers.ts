import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chown } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { findServers } from './find-servers.ts'
import { freePort } from './run-envoi.ts'

export type StartedServer = {
	/** The one that runs now. */
	readonly process: ChildProcess
	url: string
	/** Ends it with the signal and starts it again, on the same port and folder; resolves once it answers. */
	restart(signal: NodeJS.Signals): Promise<void>
	/** Stops it and waits for its end. */
	stop(): Promise<void>
}

/** Starts a PostgreSQL on a free port, its data in the folder, with an empty database of the given name. */
export async function startPostgres(
	folder: string,
	{ database, settings }: { database: string; settings: readonly string[] },
): Promise<StartedServer> {
	const { initdb, postgres } = findServers()
	const data = join(folder, 'postgres')
	const account = await accountFor(folder)
	execFileSync(
		initdb,
		['-D', data, '-U', 'envoi', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
		{
			stdio: 'ignore',
			cwd: folder,
			...account,
		},
	)
	const port = await freePort()
	const options = settings.flatMap((setting) => ['-c', setting])
	const server = `postgres://envoi@127.0.0.1:${port}`
	const ask = async (name: string, statement: string) => {
		const client = new pg.Client(`${server}/${name}`)
		// a server that is killed tells its clients so
		client.on('error', () => {})
		await client.connect()
		await client.query(statement)
		await client.end()
	}
	const started = await keepServer({
		url: `${server}/${database}`,
		launch: () =>
			spawn(postgres, ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...options], {
				stdio: 'ignore',
				cwd: folder,
				...account,
			}),
		answers: () => ask('postgres', 'select 1'),
	})
	await ask('postgres', `create database ${database}`)
	return started
}

/** PostgreSQL refuses to run as root: there it runs as the account of Debian's package. */
async function accountFor(folder: string): Promise<{ uid?: number; gid?: number }> {
	if (process.getuid?.() !== 0) return {}
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
	const account = { uid: id('-u'), gid: id('-g') }
	await chown(folder, account.uid, account.gid)
	return account
}

/** Starts a Redis that keeps nothing, on a free port. */
export async function startRedis(folder: string): Promise<StartedServer> {
	const port = await freePort()
	const url = `redis://127.0.0.1:${port}`
	const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
	return keepServer({
		url,
		launch: () => spawn(findServers().redis, ['--port', String(port), ...options], { stdio: 'ignore' }),
		answers: async () => {
			const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
			client.on('error', () => {})
			await client.connect()
			client.disconnect()
		},
	})
}

type Server = { url: string; launch(): ChildProcess; answers(): Promise<void> }

async function keepServer({ url, launch, answers }: Server): Promise<StartedServer> {
	let process = launch()
	await until(answers)
	return {
		get process() {
			return process
		},
		url,
		restart: async (signal) => {
			await stop(process, signal)
			process = launch()
			await until(async () => {
				// what is left of the one before can hold the folder or the port for a moment
				if (hasEnded(process)) process = launch()
				await answers()
			})
		},
		stop: () => stop(process),
	}
}

async function until(attempt: () => Promise<void>): Promise<void> {
	for (let tries = 1; ; tries++) {
		try {
			return await attempt()
		} catch (error) {
			if (tries === 150) throw error
			await new Promise((resolve) => setTimeout(resolve, 100))
		}
	}
}

function stop(process: ChildProcess, signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
	return new Promise((resolve) => {
		if (hasEnded(process)) return resolve()
		process.once('exit', () => resolve())
		process.kill(signal)
	})
}

function hasEnded(process: ChildProcess): boolean {
	return process.exitCode !== null || process.signalCode !== null
}
