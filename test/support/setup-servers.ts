import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../../src/db/migrate-database.ts'
import { openDatabase } from '../../src/db/open-database.ts'
import { findServers } from './find-servers.ts'
import type {} from './provided.ts'
import { freePort } from './run-envoi.ts'

/** Starts a PostgreSQL and a Redis of the tests' own on free ports, in a folder that goes with them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-servers-'))
	const postgres = await startPostgres(folder)
	const redis = await startRedis(folder)
	const database = await openDatabase({ url: postgres.url }, () => {})
	await migrateDatabase(database)
	await database.close()
	project.provide('postgresUrl', postgres.url)
	project.provide('redisUrl', redis.url)
	return async () => {
		await Promise.all([stop(postgres.process), stop(redis.process)])
		await rm(folder, { recursive: true, force: true })
	}
}

type Started = { process: ChildProcess; url: string }

async function startPostgres(folder: string): Promise<Started> {
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
	const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300']
	const options = settings.flatMap((setting) => ['-c', setting])
	const process = spawn(
		postgres,
		['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...options],
		{
			stdio: 'ignore',
			cwd: folder,
			...account,
		},
	)
	const server = `postgres://envoi@127.0.0.1:${port}`
	await until(async () => {
		const client = new pg.Client(`${server}/postgres`)
		await client.connect()
		await client.query('create database envoi_template')
		await client.end()
	})
	return { process, url: `${server}/envoi_template` }
}

/** PostgreSQL refuses to run as root: there it runs as the account of Debian's package. */
async function accountFor(folder: string): Promise<{ uid?: number; gid?: number }> {
	if (process.getuid?.() !== 0) return {}
	const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
	const account = { uid: id('-u'), gid: id('-g') }
	await chown(folder, account.uid, account.gid)
	return account
}

async function startRedis(folder: string): Promise<Started> {
	const port = await freePort()
	const process = spawn(
		findServers().redis,
		['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
		{ stdio: 'ignore' },
	)
	const url = `redis://127.0.0.1:${port}`
	await until(async () => {
		const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 })
		client.on('error', () => {})
		await client.connect()
		client.disconnect()
	})
	return { process, url }
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

function stop(process: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		process.once('exit', () => resolve())
		process.kill('SIGINT')
	})
}
