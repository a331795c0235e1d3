import { join } from 'node:path'
import type { AppOverrides } from '../app.ts'
import type { Config } from '../config.ts'
import { claimDataFolder } from '../db/claim-data-folder.ts'
import { findServerPlace } from '../db/find-server-place.ts'
import { followDatabaseClock } from '../db/follow-database-clock.ts'
import { openInstallationFile } from '../db/installation-file.ts'
import type { DatabaseLocation, OpenDatabase } from '../db/open-database.ts'
import { openMigrated } from '../db/open-migrated.ts'
import { type Installation, openInstallation } from '../installation/index.ts'
import { AppError } from '../kernel/app-error.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { DatabaseIdentity } from '../kernel/installation.ts'
import { deriveKeys, type Keys } from '../kernel/keys.ts'
import type { Log } from '../kernel/log.ts'
import type { connectRedis } from '../queues/connect-redis.ts'
import { hearsNotices } from '../queues/hears-notices.ts'
import { redisGenerationMark } from '../queues/redis-generation-mark.ts'
import type { Closers } from './create-closers.ts'
import { needsFolder, readSecret } from './data-folder.ts'
import { openRedis } from './open-redis.ts'

type Redis = ReturnType<typeof connectRedis>

/** The data folder, the database and Redis, as far as the settings name them. */
export type Data = {
	folder: Awaited<ReturnType<typeof claimDataFolder>> | undefined
	keys: Keys
	database: OpenDatabase
	/** The clock of the PostgreSQL server, where that is followed. */
	followed: Awaited<ReturnType<typeof followDatabaseClock>> | undefined
	clock: Clock
	redis: Redis | undefined
	installation: Installation
}

/** Opens what holds data; throws an AppError where the folder or a server can't be had. */
export async function openData(
	config: Config,
	overrides: AppOverrides,
	{ log, closers }: { log: Log; closers: Closers },
): Promise<Data> {
	const controlFolder =
		overrides.controlFolder ?? (needsFolder(config, overrides) ? config.dataDir : undefined)
	const folder = controlFolder === undefined ? undefined : await claimDataFolder(controlFolder)
	if (folder) closers.add(() => folder.release())
	const secret = await readSecret(config, folder !== undefined)
	log.strikeOut?.(secret)
	const keys = deriveKeys(secret, config.linkSecrets)

	const database = await openMigrated(locate(config, overrides), log)
	closers.add(() => database.close())
	// an embedded database has this process's clock
	const followed =
		database.kind === 'postgres' && !overrides.clock
			? await followDatabaseClock({ db: database.db, log })
			: undefined
	closers.add(() => followed?.stop())
	const clock = overrides.clock ?? followed ?? systemClock

	const redis = config.redisUrl ? await openRedis(config.redisUrl, log) : undefined
	if (redis) closers.add(() => redis.disconnect())
	if (!redis && database.kind === 'postgres' && !(await hearsNotices(database.queuePool))) {
		throw new AppError('unavailable', 'errors.database.pooled')
	}
	const installation = await openInstallation(
		{ db: database.db, clock, log },
		await identifyDatabase(config, overrides, database, redis),
	)
	return { folder, keys, database, followed, clock, redis, installation }
}

function locate(config: Config, overrides: AppOverrides): DatabaseLocation {
	if (overrides.database) return overrides.database
	return config.databaseUrl ? { url: config.databaseUrl } : { folder: join(config.dataDir, 'database') }
}

/** By what a copy of the database is known, on the parts that there are. */
async function identifyDatabase(
	config: Config,
	overrides: AppOverrides,
	{ db, kind }: OpenDatabase,
	redis: Redis | undefined,
): Promise<DatabaseIdentity> {
	const id = config.installationId
	const redisMark = redis && redisGenerationMark(redis, overrides.queuePrefix)
	if (kind === 'postgres') return { id, place: await findServerPlace(db), mark: redisMark }
	if (!needsFolder(config, overrides)) return { id, place: undefined, mark: redisMark }
	const file = await openInstallationFile(config.dataDir)
	return id === undefined ? file : { id, place: undefined, mark: file.mark }
}
