import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import pg from 'pg'
import supertest from 'supertest'
import { inject } from 'vitest'
import { type App, type AppOverrides, openApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open-database.ts'
import type { Log } from '../../src/kernel/log.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import type {} from './provided.ts'
import { type TestClock, testClock } from './test-clock.ts'

export type TestApp = App & {
	clock: TestClock
	/** Requests over HTTP to the app's own port. */
	request: ReturnType<typeof supertest>
	/** Where the app listens: http://127.0.0.1:PORT, which is also its PUBLIC_URL. */
	url: string
	/** What the app logged, a line a string. */
	logged: string[]
	/** Waits until no job waits or runs. */
	drain(): Promise<void>
}

export type TestAppOptions = {
	config?: Partial<Config>
	/** Without workers nothing runs until the test starts them. */
	workers?: boolean
	clock?: TestClock
	/** What stands for the servers of providers. */
	fetchText?: AppOverrides['fetchText']
	/** `health`: as a process that only works. */
	routes?: AppOverrides['routes']
	/** SQL that fills the empty database, as a backup of an older version does, before it is migrated. */
	backup?: string
	/** What a process that was killed has left of its embedded database. */
	dump?: Blob
	/** How much is free on the disk of an embedded database. */
	freeBytes?: () => number
}

const secretKey = 'a secret key of the tests, 32 characters or more'

/**
 * Boots the real app on a free port with a database of its own, on the parts of the project that the test runs in.
 * Mail is captured unless `config.smtpUrl` is given. Close it in `afterAll`/`afterEach`.
 */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
	const server = await listen()
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	const parts = await openParts(options)
	const logged: string[] = []
	const clock = options.clock ?? testClock()
	const app = await openApp(
		{
			...readConfig({}),
			publicUrl: url,
			secretKey,
			logLevel: 'info',
			formMinSeconds: 0,
			signupsPerIpAndHour: 10_000,
			...parts.config,
			...options.config,
		},
		{
			...parts.overrides,
			clock,
			log: memoryLog(logged),
			passwordCost: { N: 1_024, r: 8, p: 1 },
			...(options.fetchText && { fetchText: options.fetchText }),
			...(options.routes && { routes: options.routes }),
		},
	)
	server.on('request', app.http)
	const workers = options.workers === false ? undefined : startWorkers(app)
	return {
		...app,
		clock,
		url,
		logged,
		request: supertest(url),
		drain: () => app.jobs.drain(),
		close: async () => {
			server.closeAllConnections()
			await new Promise((resolve) => server.close(resolve))
			workers?.stop()
			await app.close()
			await parts.remove()
		},
	}
}

function listen(): Promise<Server> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
	})
}

type PartsInUse = { config: Partial<Config>; overrides: AppOverrides; remove(): Promise<void> }

async function openParts({ backup, dump: left, freeBytes }: TestAppOptions): Promise<PartsInUse> {
	if (inject('parts') === 'embedded') {
		const migrated = async () => new Blob([await readFile(inject('migratedDump'))])
		const dump = left ?? (backup ? await restoreEmbedded(backup) : await migrated())
		const database = { folder: undefined, dump, ...(freeBytes && { freeBytes }) }
		return { config: {}, overrides: { database }, remove: async () => {} }
	}
	const name = `envoi_${randomBytes(6).toString('hex')}`
	const template = new URL(inject('postgresUrl'))
	const database = new URL(template)
	database.pathname = `/${name}`
	const from = backup ? 'template0' : template.pathname.slice(1)
	await onServer(template, `create database ${name} template ${from} strategy file_copy`)
	if (backup) await fill(await openDatabase({ url: String(database) }, () => {}), backup)
	return {
		config: { databaseUrl: String(database), redisUrl: inject('redisUrl') },
		overrides: { queuePrefix: name },
		remove: () => onServer(template, `drop database ${name} with (force)`),
	}
}

/** A dump of an embedded database that was filled with this backup and migrated. */
async function restoreEmbedded(backup: string): Promise<Blob> {
	const database = await openDatabase({ folder: undefined }, () => {})
	let dump: Blob | undefined
	await fill(database, backup, async () => {
		dump = await database.dump?.()
	})
	if (!dump) throw new Error('the embedded database gave no dump')
	return dump
}

async function fill(database: OpenDatabase, backup: string, then = async () => {}): Promise<void> {
	await sql.raw(backup).execute(database.db)
	await migrateDatabase(database)
	await then()
	await database.close()
}

async function onServer(template: URL, statement: string): Promise<void> {
	const server = new URL(template)
	server.pathname = '/postgres'
	const client = new pg.Client(String(server))
	await client.connect()
	await client.query(statement)
	await client.end()
}

/** Keeps what is logged, so that a test can look for what must not be there. */
function memoryLog(lines: string[], bound: Record<string, unknown> = {}): Log {
	const write = (level: string) => (fields: Record<string, unknown>, message: string) => {
		lines.push(
			JSON.stringify({
				level,
				...bound,
				...fields,
				err: fields.err ? String(fields.err) : undefined,
				message,
			}),
		)
	}
	return {
		info: write('info'),
		warn: write('warn'),
		error: write('error'),
		child: (fields) => memoryLog(lines, { ...bound, ...fields }),
	}
}
