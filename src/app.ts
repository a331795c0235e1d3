import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import type { MailCatalog } from '../emails/catalog.ts'
import { lanesFor } from '../workers/lanes-for.ts'
import { openWebhooks, type Webhooks } from './bounces/index.ts'
import { secretsOf } from './config/secrets-of.ts'
import type { Config } from './config.ts'
import { claimDataFolder } from './db/claim-data-folder.ts'
import { findServerPlace } from './db/find-server-place.ts'
import { followDatabaseClock } from './db/follow-database-clock.ts'
import { openInstallationFile } from './db/installation-file.ts'
import type { DatabaseLocation, OpenDatabase } from './db/open-database.ts'
import { openMigrated } from './db/open-migrated.ts'
import { requireRoom } from './db/require-room.ts'
import { countPauses, noteOutOfStep } from './deliveries/index.ts'
import { digestFigures } from './digests/index.ts'
import { createFetchFeed, createMeasurePicture } from './feeds/index.ts'
import {
	createFindFrame,
	createHttpApp,
	createRenderPage,
	fetchText,
	healthRoutes,
	listRoutes,
	metricsRoutes,
} from './http/index.ts'
import { type Installation, openInstallation } from './installation/index.ts'
import { AppError } from './kernel/app-error.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import type { Database } from './kernel/database.ts'
import type { FetchFeed } from './kernel/fetch-feed.ts'
import type { FetchText } from './kernel/fetch-text.ts'
import type { DatabaseIdentity } from './kernel/installation.ts'
import { deriveKeys, type Keys } from './kernel/keys.ts'
import type { Limiter } from './kernel/limiter.ts'
import type { Log } from './kernel/log.ts'
import type { BuildMessage, Mailer, PrepareMessage, RenderMail, SignDkim } from './kernel/mail.ts'
import type { MeasurePicture } from './kernel/measure-picture.ts'
import { loadMessages, type Messages } from './kernel/messages.ts'
import type { TokenBuckets } from './kernel/rate.ts'
import { createLimiter, type LimiterStore } from './limits/create-limiter.ts'
import { createTokenBuckets } from './limits/create-token-buckets.ts'
import { createLog } from './logs/create-log.ts'
import { buildMessage, prepareMessage } from './mail/build-message.ts'
import { type CapturedMailer, createCapturedMailer } from './mail/captured-mailer.ts'
import { judgingMailer } from './mail/judging-mailer.ts'
import { createRenderMail } from './mail/render-mail.ts'
import { severalRelays } from './mail/several-relays.ts'
import { createDkimSigner } from './mail/sign-dkim.ts'
import { signingMailer } from './mail/signing-mailer.ts'
import { createChunkingTrial } from './mail/smtp/chunking-trial.ts'
import { createSmtpMailer, type SmtpMailerOptions } from './mail/smtp-mailer.ts'
import { createMetrics } from './metrics/create-metrics.ts'
import { measuringMailer } from './metrics/measuring-mailer.ts'
import { connectRedis, isRedisRefusal, untilReady } from './queues/connect-redis.ts'
import { createQueues, type Queues } from './queues/create-queues.ts'
import { hearsNotices } from './queues/hears-notices.ts'
import { redisGenerationMark } from './queues/redis-generation-mark.ts'
import { readVersion } from './read-version.ts'
import { readAccountRefusal } from './refusals/index.ts'
import { authenticate } from './staff/index.ts'
import { sourceFigures } from './stories/index.ts'

/** Everything a process has open. Each part sees only what it needs of it. */
export type App = {
	config: Config
	clock: Clock
	log: Log
	keys: Keys
	db: Database
	databaseKind: OpenDatabase['kind']
	/** Whether this database may send, or was restored or copied. */
	installation: Installation
	jobs: Queues
	limiter: Limiter
	/** Token buckets of the speed limits. */
	buckets: TokenBuckets
	mailer: Mailer
	/** The captured mail, where no relay is set. */
	captured: CapturedMailer | undefined
	/** What the mailer signs with; undefined where that is left to the relay. */
	signDkim: SignDkim | undefined
	renderMail: RenderMail<MailCatalog>
	buildMessage: BuildMessage
	prepareMessage: PrepareMessage
	fetchFeed: FetchFeed
	measurePicture: MeasurePicture
	/** The providers whose webhooks are taken. */
	webhooks: Webhooks
	messages: Messages
	/** Tells long work that the process is about to stop. */
	stopping: AbortSignal
	http: RequestListener
	/** Closes all in reverse order, within about 10 seconds. */
	close(): Promise<void>
}

/** What a process or a test sets apart from the settings: clock, log, a database that is there already, its routes. */
export type AppOverrides = {
	clock?: Clock
	log?: Log
	database?: { folder: undefined; dump: Blob }
	queuePrefix?: string
	/** What stands for the servers of providers. */
	fetchText?: FetchText
	/** `health`: a worker answers only whether it lives and is ready, and its metrics. */
	routes?: 'all' | 'health'
	/** What stands for the way to a relay, in benchmarks. */
	openRelay?: (options: SmtpMailerOptions) => Mailer
	/** Where this process answers others of this machine; without it, in the data folder of an embedded database. */
	controlFolder?: string
}

/**
 * Opens everything in order: settings, log, database (migrated), queues, mail, HTTP. Whatever fails closes what was
 * opened before it. Throws an AppError where a server or the data folder can't be had.
 */
export async function openApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
	const log = overrides.log ?? createLog(config.logLevel, { secrets: secretsOf(config) })
	const webhooks = openWebhooks(config.webhookSecrets, overrides.fetchText ?? fetchText)
	const stopping = new AbortController()
	const closers: Array<() => Promise<unknown> | unknown> = [() => stopping.abort()]
	const close = closeOnce(closers, log)
	try {
		const controlFolder =
			overrides.controlFolder ?? (needsFolder(config, overrides) ? config.dataDir : undefined)
		const folder = controlFolder === undefined ? undefined : await claimDataFolder(controlFolder)
		if (folder) closers.push(() => folder.release())
		const secret = await readSecret(config, folder !== undefined)
		log.strikeOut?.(secret)
		const keys = deriveKeys(secret, config.linkSecrets)

		const database = await openMigrated(locate(config, overrides), log)
		closers.push(() => database.close())
		// an embedded database has this process's clock
		const followed =
			database.kind === 'postgres' && !overrides.clock
				? await followDatabaseClock({ db: database.db, log })
				: undefined
		closers.push(() => followed?.stop())
		const clock = overrides.clock ?? followed ?? systemClock

		const redis = config.redisUrl ? await openRedis(config.redisUrl, log) : undefined
		if (redis) closers.push(() => redis.disconnect())
		if (!redis && database.kind === 'postgres' && !(await hearsNotices(database.queuePool))) {
			throw new AppError('unavailable', 'errors.database.pooled')
		}
		const installation = await openInstallation(
			{ db: database.db, clock, log },
			await identifyDatabase(config, overrides, database, redis),
		)
		const jobs = createQueues(
			redis && config.redisUrl
				? { kind: 'redis', url: config.redisUrl, producer: redis }
				: { kind: 'postgres', pool: database.queuePool },
			log,
			overrides.queuePrefix,
			followed,
		)
		closers.push(() => jobs.close())
		const counters: LimiterStore = redis
			? { kind: 'redis', client: redis }
			: { kind: 'postgres', pool: database.queuePool }
		const limiter = createLimiter(counters, log, overrides.queuePrefix)
		const buckets = createTokenBuckets(counters, log, overrides.queuePrefix)

		const captured = config.smtpUrl ? undefined : createCapturedMailer()
		const signDkim =
			config.dkimKeys.length > 0 ? createDkimSigner(config.dkimKeys, { clock, log }) : undefined
		const version = await readVersion()
		const metrics = createMetrics(version, {
			log,
			queues: () => jobs.count(),
			digests: () => digestFigures(database),
			sources: () => sourceFigures(database),
			pauses: () => countPauses(database),
			clockOffsetSeconds: followed?.secondsAhead,
			capturesMail: captured !== undefined,
		})
		const prepared = (relay: Mailer) =>
			measuringMailer(signDkim ? signingMailer(relay, signDkim) : relay, metrics.countSend, {
				captures: captured !== undefined,
			})
		const mailer = captured
			? prepared(captured)
			: openRelays(config, {
					prepared,
					log,
					onOutOfStep: (outOfStep) => noteOutOfStep({ db: database.db, log }, outOfStep),
					openRelay: overrides.openRelay,
				})
		closers.push(() => mailer.close())

		const messages = loadMessages(fileURLToPath(new URL('./strings/', import.meta.url)))
		const app: Omit<App, 'http'> = {
			config,
			clock,
			log,
			keys,
			db: database.db,
			databaseKind: database.kind,
			installation,
			jobs,
			limiter,
			buckets,
			mailer,
			captured,
			signDkim,
			renderMail: createRenderMail(),
			buildMessage,
			prepareMessage,
			fetchFeed: createFetchFeed({
				allowedHosts: config.feedAllowedHosts,
				contact: config.feedContact,
				publicUrl: config.publicUrl,
				clock,
			}),
			measurePicture: createMeasurePicture({
				allowedHosts: config.feedAllowedHosts,
				publicUrl: config.publicUrl,
			}),
			webhooks,
			messages,
			stopping: stopping.signal,
			close,
		}
		const checks = {
			database: async () => {
				await sql`select 1`.execute(database.db)
				if (needsFolder(config, overrides)) await requireRoom(config.dataDir)
			},
			queue: () => jobs.ping(),
			relay: () => mailer.verify(),
		}
		const http = createHttpApp({
			routes:
				overrides.routes === 'health'
					? [...healthRoutes({ checks, installation, captured }), ...metricsRoutes({ metrics, config })]
					: listRoutes({ ...app, lanes: lanesFor(app), checks, metrics, version }),
			messages,
			renderPage: createRenderPage(messages, { publicUrl: config.publicUrl }),
			findFrame: createFindFrame({ db: database.db, messages }),
			log,
			trustProxy: config.trustProxy,
			secure: config.publicUrl.startsWith('https:'),
			basePath: new URL(config.publicUrl).pathname.replace(/\/+$/, ''),
			isLocal: (socket) => folder?.isOurs(socket) ?? false,
			authenticate: (caller) => authenticate(app, caller),
			stopping: stopping.signal,
			countRequest: metrics.countRequest,
		})
		folder?.serve(http)
		closers.push(
			() => jobs.stopWorking(7_000),
			() => stopping.abort(),
		)
		return { ...app, http }
	} catch (error) {
		await close()
		throw isOfFolder(error, config) ? folderTrouble(config, error) : error
	}
}

/** Whether a file system's error is about the data folder or what stands in it. */
function isOfFolder(error: unknown, { dataDir }: Config): boolean {
	const { syscall, path, address } = error as { syscall?: string; path?: string; address?: string }
	return (
		syscall !== undefined &&
		[path, address].some((place) => place && resolve(place).startsWith(resolve(dataDir)))
	)
}

function folderTrouble({ dataDir }: Config, cause: unknown): AppError {
	return new AppError('unavailable', 'errors.folder.unusable', {
		params: { folder: resolve(dataDir) },
		cause,
	})
}

type RelayParts = {
	prepared(relay: Mailer): Mailer
	log: Log
	onOutOfStep(outOfStep: { relay: string; what: string; seconds: number }): void
} & Pick<AppOverrides, 'openRelay'>

/** The relays of SMTP_URL as one, each known by its host. `prepared` adds what Envoi does to each message on its way out. */
function openRelays(
	config: Config,
	{ prepared, log, onOutOfStep, openRelay = createSmtpMailer }: RelayParts,
): Mailer {
	const relays = (config.smtpUrl ?? '').split(/\s+/).map((url) => {
		const { host, searchParams } = new URL(url)
		const mailer = prepared(
			judgingMailer(
				openRelay({
					url,
					connections: config.smtpConnections,
					name: config.ehloName,
					chunking: createChunkingTrial({
						onDecided: (found) =>
							log.info({ relay: host, ...found }, 'two messages at once were timed (CHUNKING)'),
					}),
					onOutOfStep: (what, seconds) => onOutOfStep({ relay: host, what, seconds }),
				}),
				readAccountRefusal,
			),
		)
		return { name: host, weight: Number(searchParams.get('weight') || 1), mailer }
	})
	return severalRelays(relays, log)
}

function needsFolder(config: Config, overrides: AppOverrides): boolean {
	return !config.databaseUrl && !overrides.database
}

/** SECRET_KEY, or what was made at the first start and is kept beside the embedded database. */
async function readSecret(config: Config, keptInFolder: boolean): Promise<string> {
	if (config.secretKey) return config.secretKey
	if (!keptInFolder) return randomBytes(32).toString('base64url')
	const file = join(config.dataDir, 'secret-key')
	try {
		return (await readFile(file, 'utf8')).trim()
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
		const made = randomBytes(32).toString('base64url')
		await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' })
		return made
	}
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
	redis: Awaited<ReturnType<typeof openRedis>> | undefined,
): Promise<DatabaseIdentity> {
	const id = config.installationId
	const redisMark = redis && redisGenerationMark(redis, overrides.queuePrefix)
	if (kind === 'postgres') return { id, place: await findServerPlace(db), mark: redisMark }
	if (!needsFolder(config, overrides)) return { id, place: undefined, mark: redisMark }
	const file = await openInstallationFile(config.dataDir)
	return id === undefined ? file : { id, place: undefined, mark: file.mark }
}

async function openRedis(url: string, log: Log) {
	const redis = connectRedis(url, 'fails_fast', log)
	try {
		await untilReady(redis, 5_000)
		return redis
	} catch (error) {
		redis.disconnect()
		const message = isRedisRefusal(error) ? 'errors.redis.refused' : 'errors.redis.down'
		throw new AppError('unavailable', message, { cause: error })
	}
}

function closeOnce(closers: ReadonlyArray<() => unknown>, log: Log): () => Promise<void> {
	let closing: Promise<void> | undefined
	return () => {
		closing ??= (async () => {
			for (const closer of [...closers].reverse()) {
				try {
					await closer()
				} catch (error) {
					log.error({ err: error }, 'a part did not close')
				}
			}
		})()
		return closing
	}
}
