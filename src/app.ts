import type { RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { MailCatalog } from '../emails/catalog.ts'
import { type Closers, createClosers } from './app/create-closers.ts'
import { explainFolderTrouble, needsFolder } from './app/data-folder.ts'
import { forgetPerson } from './app/forget-person.ts'
import { openBackup } from './app/open-backup.ts'
import { openData } from './app/open-data.ts'
import { openHttp } from './app/open-http.ts'
import { openJobs } from './app/open-jobs.ts'
import { openCapturedMail, openMail } from './app/open-mail.ts'
import { openMetrics } from './app/open-metrics.ts'
import { openReaders } from './app/open-readers.ts'
import { createReadSystemFacts } from './app/read-system-facts.ts'
import { strikeReasons } from './app/strike-reasons.ts'
import { openWebhooks, type Webhooks } from './bounces/index.ts'
import { secretsOf } from './config/secrets-of.ts'
import type { Config } from './config.ts'
import type { OpenDatabase } from './db/open-database.ts'
import { fetchText } from './http/index.ts'
import { rasteriseLogo } from './images/rasterise-logo.ts'
import type { Installation } from './installation/index.ts'
import type { MakeBackup } from './kernel/backup.ts'
import type { Clock } from './kernel/clock.ts'
import type { Database } from './kernel/database.ts'
import type { FetchFeed } from './kernel/fetch-feed.ts'
import type { FetchText } from './kernel/fetch-text.ts'
import type { JobKeeper } from './kernel/job-keeper.ts'
import type { Keys } from './kernel/keys.ts'
import type { Limiter } from './kernel/limiter.ts'
import type { Log } from './kernel/log.ts'
import type { BuildMessage, Mailer, PrepareMessage, RenderMail, SignDkim } from './kernel/mail.ts'
import type { MeasurePicture } from './kernel/measure-picture.ts'
import type { MeasureRelays } from './kernel/measure-relays.ts'
import { loadMessages, type Messages } from './kernel/messages.ts'
import type { OpenIdProvider } from './kernel/open-id.ts'
import type { PostWebhook } from './kernel/post-webhook.ts'
import type { RasteriseLogo } from './kernel/rasterise-logo.ts'
import type { TokenBuckets } from './kernel/rate.ts'
import type { SignInTools } from './kernel/sign-in.ts'
import type { ReadSystemFacts } from './kernel/system-facts.ts'
import { createLog } from './logs/create-log.ts'
import { createStrike } from './logs/strike-secrets.ts'
import { buildMessage, prepareMessage } from './mail/build-message.ts'
import type { CapturedMailer } from './mail/captured-mailer.ts'
import { createRenderMail } from './mail/render-mail.ts'
import { createMeasureRelays } from './mail/smtp/measure-all-relays.ts'
import type { SmtpMailerOptions } from './mail/smtp-mailer.ts'
import { createReadNewsletter, type ReadNewsletter } from './newsletters/index.ts'
import type { Queues } from './queues/create-queues.ts'
import { readVersion } from './read-version.ts'
import { createSignInTools, openIdProvider, type ScryptCost } from './sign-in/index.ts'
import { latestStories } from './stories/index.ts'
import {
	type AsksChallenge,
	createAsksChallenge,
	createKeepSignup,
	createSignupWatch,
	type ForgetPerson,
	type KeepSignup,
	type SendNoticeDeps,
} from './subscriptions/index.ts'

/** Everything a process has open. Each part sees only what it needs of it. */
export type App = {
	config: Config
	clock: Clock
	log: Log
	keys: Keys
	db: Database
	databaseKind: OpenDatabase['kind']
	/** Whether the disk is so full that nothing is stored. */
	lacksRoom: OpenDatabase['lacksRoom']
	/** Whether this database may send, or was restored or copied. */
	installation: Installation
	jobs: Queues
	/** The same for staff: errors without secrets and addresses. */
	jobKeeper: JobKeeper
	readSystemFacts: ReadSystemFacts
	makeBackup: MakeBackup
	limiter: Limiter
	/** What the caps on sign-ups keep back. */
	signupWatch: ReturnType<typeof createSignupWatch>
	/** Whether who signs up is asked to solve a challenge now. */
	asksChallenge: AsksChallenge
	keepSignup: KeepSignup
	readNewsletter: ReadNewsletter
	/** Token buckets of the speed limits. */
	buckets: TokenBuckets
	mailer: Mailer
	/** The captured mail, where no relay is set. */
	captured: CapturedMailer | undefined
	/** Tries the relays, for staff who ask. */
	measureRelays: MeasureRelays
	/** What the mailer signs with; undefined where that is left to the relay. */
	signDkim: SignDkim | undefined
	renderMail: RenderMail<MailCatalog>
	latestStories: SendNoticeDeps['latestStories']
	buildMessage: BuildMessage
	prepareMessage: PrepareMessage
	fetchFeed: FetchFeed
	measurePicture: MeasurePicture
	/** Tells other programs, through the guard. */
	postWebhook: PostWebhook
	rasteriseLogo: RasteriseLogo
	/** What forgets a person who is erased, beside the subscriptions themselves. */
	forget: readonly ForgetPerson[]
	/** The providers whose webhooks are taken. */
	webhooks: Webhooks
	messages: Messages
	/** Passwords and one-time codes of staff. */
	signInTools: SignInTools
	/** The organisation's own way of signing in, where one is set. */
	openId: OpenIdProvider | undefined
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
	database?: { folder: undefined; dump: Blob; freeBytes?: () => number }
	queuePrefix?: string
	/** What stands for the servers of providers. */
	fetchText?: FetchText
	/** `health`: a worker answers only whether it lives and is ready, and its metrics. */
	routes?: 'all' | 'health'
	/** What stands for the way to a relay, in benchmarks. */
	openRelay?: (options: SmtpMailerOptions) => Mailer
	/** What hashing a password costs, where tests make many. */
	passwordCost?: ScryptCost
	/** Where this process answers others of this machine; without it, in the data folder of an embedded database. */
	controlFolder?: string
}

const finishJobsWithinMs = 7_000

/**
 * Opens everything in order: settings, log, database (migrated), queues, mail, HTTP. Whatever fails closes what was
 * opened before it. Throws an AppError where a server or the data folder can't be had.
 */
export async function openApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
	const log = overrides.log ?? createLog(config.logLevel, { secrets: secretsOf(config) })
	const closers = createClosers(log)
	try {
		return await openParts(config, overrides, { log, closers })
	} catch (error) {
		await closers.close()
		throw explainFolderTrouble(error, config)
	}
}

async function openParts(
	config: Config,
	overrides: AppOverrides,
	{ log, closers }: { log: Log; closers: Closers },
): Promise<App> {
	const webhooks = openWebhooks(config.webhookSecrets, overrides.fetchText ?? fetchText)
	const stopping = new AbortController()
	closers.add(() => stopping.abort())
	const data = await openData(config, overrides, { log, closers })
	const { keys, clock, installation } = data
	const { db, kind: databaseKind, lacksRoom } = data.database
	const { jobs, limiter, buckets } = await openJobs(config, overrides, { ...data, log, closers })
	const version = await readVersion()
	const captured = openCapturedMail(config)
	const metrics = openMetrics({ ...data, log, jobs, version, capturesMail: captured !== undefined })
	const { mailer, signDkim } = openMail(config, overrides, {
		...{ db, clock, log, captured },
		countSend: metrics.countSend,
	})
	closers.add(() => mailer.close())
	const signupWatch = createSignupWatch({ db, clock, log })
	closers.add(() => signupWatch.flush())
	const app: Omit<App, 'http'> = {
		...{ config, clock, log, keys, db, databaseKind, installation, jobs, limiter, signupWatch, buckets },
		lacksRoom,
		jobKeeper: strikeReasons(jobs, createStrike(secretsOf(config))),
		readSystemFacts: createReadSystemFacts(config, data, { hasFolder: needsFolder(config, overrides) }),
		makeBackup: openBackup(config, data, { version, hasFolder: needsFolder(config, overrides) }),
		measureRelays: createMeasureRelays(config),
		asksChallenge: createAsksChallenge({ db, limiter, config }),
		keepSignup: createKeepSignup({ db, jobs }),
		readNewsletter: createReadNewsletter({ db }),
		...{ mailer, captured, signDkim, webhooks, buildMessage, prepareMessage },
		signInTools: createSignInTools(overrides.passwordCost),
		openId: config.openId && openIdProvider(config.openId, log),
		...openReaders(config, clock),
		rasteriseLogo,
		forget: forgetPerson(captured),
		renderMail: createRenderMail(),
		latestStories: (wanted) => latestStories(db, wanted),
		messages: loadMessages(fileURLToPath(new URL('./strings/', import.meta.url))),
		stopping: stopping.signal,
		close: () => closers.close(),
	}
	const http = openHttp(overrides, { app, folder: data.folder, metrics, version })
	closers.add(
		() => jobs.stopWorking(finishJobsWithinMs),
		() => stopping.abort(),
	)
	return { ...app, http }
}
