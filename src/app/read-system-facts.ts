import { statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import { readDatabaseFacts } from '../db/read-database-facts.ts'
import type { ReadSystemFacts, SystemFacts } from '../kernel/system-facts.ts'
import { readRedisVersion } from '../queues/read-redis-version.ts'
import type { Data } from './open-data.ts'

/** What this process runs on. `folder`: whether the data is in a folder of this machine. */
export function createReadSystemFacts(
	{ dataDir }: Pick<Config, 'dataDir'>,
	{ database, redis }: Pick<Data, 'database' | 'redis'>,
	{ hasFolder }: { hasFolder: boolean },
): ReadSystemFacts {
	return async () => ({
		node: process.versions.node,
		database: await readDatabaseFacts(database),
		redis: redis ? { version: await readRedisVersion(redis) } : null,
		disk: hasFolder ? await readDisk(resolve(dataDir)) : null,
	})
}

async function readDisk(folder: string): Promise<SystemFacts['disk']> {
	const { bavail, blocks, bsize } = await statfs(folder)
	return { folder, freeBytes: bavail * bsize, bytes: blocks * bsize }
}
