import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRsaKey } from '../../test/support/dkim-keys.ts'
import { startPostgres, startRedis } from '../../test/support/start-servers.ts'
import { endChildrenAtExit, keep, startSmtpSink } from './children.ts'
import { type Engine, openEngine } from './measure-engine.ts'

type Settings = {
	/** How many subscribers the largest newsletter has. */
	large: number
	connections?: number
	/** Of one run. */
	messages?: number
	/** Paths of `smtp-sink` and `smtp-source`, for what sends. */
	sink?: string
	source?: string
}

/** Measures the engine on PostgreSQL and Redis of its own, and takes all of it away again. */
export async function withEngine(
	{ large, connections = 20, messages = 10, sink, source = '' }: Settings,
	measure: (engine: Engine, folder: string) => Promise<void>,
): Promise<void> {
	endChildrenAtExit()
	const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-'))
	await chmod(folder, 0o711)
	const closers = [() => rm(folder, { recursive: true, force: true })]
	try {
		const settings = ['max_connections=200', 'shared_buffers=256MB', 'max_wal_size=4GB']
		const postgres = await startPostgres(folder, { database: 'envoi', settings })
		closers.push(postgres.stop)
		keep(postgres.process)
		const redis = await startRedis(folder)
		closers.push(redis.stop)
		keep(redis.process)
		const engine = await openEngine({
			postgres,
			redis,
			sink: sink ? await startSmtpSink(sink) : { port: 9, pid: process.pid },
			source,
			connections,
			messages,
			large,
			dkimKey: makeRsaKey('charity.example').privateKey,
		})
		closers.push(engine.close)
		await measure(engine, folder)
	} finally {
		for (const close of closers.reverse()) await close()
	}
}
