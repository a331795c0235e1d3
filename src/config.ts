import { z } from 'zod'
import { ConfigError, problemsOf } from './config/config-error.ts'
import { ehloName, usualEhloName } from './config/ehlo-name.ts'
import { isOnThisMachine } from './config/is-on-this-machine.ts'
import { loadEnvFile } from './config/load-env-file.ts'
import { missingOpenId, type OpenIdConfig, openIdSettings, readOpenId } from './config/open-id-settings.ts'
import { readDkimKeys } from './config/read-dkim-keys.ts'
import { retentionSettings } from './config/retention-settings.ts'
import {
	type ReturnedMailConfig,
	readReturnedMail,
	returnedMailSettings,
} from './config/returned-mail-settings.ts'
import {
	anyNumber,
	checked,
	domain,
	domainRates,
	flag,
	hosts,
	linkSecrets,
	listeningHost,
	oneOf,
	port,
	rate,
	selector,
	trustProxy,
	warmUp,
	wholeNumber,
} from './config/setting-kinds.ts'
import { findUnknownSettings, type UnknownSetting } from './config/unknown-settings.ts'
import { databaseUrl, publicUrl, redisUrl, smtpUrl } from './config/url-settings.ts'
import type { DkimKey } from './kernel/dkim-key.ts'
import type { DomainRate, Rate } from './kernel/rate.ts'
import { type ChallengeMode, challengeModes } from './kernel/signup-challenge.ts'
import type { WarmUp } from './kernel/warm-up.ts'

/** Every setting that the environment can carry; `.env.example` lists them with the same words. */
const settings = z.object({
	PUBLIC_URL: publicUrl.optional(),
	HOST: listeningHost.default('127.0.0.1'),
	PORT: port.default(3000),
	DATABASE_URL: databaseUrl.optional(),
	DATA_DIR: z.string().default('./data'),
	INSTALLATION_ID: checked((text) => /^[\w.-]{1,100}$/.test(text), 'installation_id').optional(),
	REDIS_URL: redisUrl.optional(),
	SMTP_URL: smtpUrl.optional(),
	CAPTURE_MAIL: flag.optional(),
	EHLO_NAME: ehloName.optional(),
	SMTP_CONNECTIONS: wholeNumber(1, 500).default(10),
	RELAY_RATE: rate.optional(),
	DOMAIN_RATES: domainRates.default([]),
	WARMUP: warmUp.optional(),
	SECRET_KEY: checked((text) => text.length >= 32, 'too_short', { min: 32 }).optional(),
	LINK_SECRETS: linkSecrets.default([]),
	BOUNCE_DOMAIN: domain.optional(),
	FEEDBACK_SENDER_ID: checked((text) => /^[\w-]{5,15}$/.test(text), 'feedback_id').default('envoi'),
	...returnedMailSettings,
	DKIM_DOMAIN: domain.optional(),
	DKIM_SELECTOR: selector.optional(),
	DKIM_PRIVATE_KEY: z.string().optional(),
	DKIM_PRIVATE_KEY_FILE: z.string().optional(),
	DKIM_ED25519_SELECTOR: selector.optional(),
	DKIM_ED25519_PRIVATE_KEY: z.string().optional(),
	DKIM_ED25519_PRIVATE_KEY_FILE: z.string().optional(),
	TRUST_PROXY: trustProxy.default(0),
	RECORD_IP: flag.default(false),
	CONFIRM_HOURS: wholeNumber(1, 720).default(72),
	...retentionSettings,
	REMINDER_DAYS: wholeNumber(0, 365).default(3),
	SIGNUPS_PER_IP_AND_HOUR: wholeNumber(1, 1_000_000).default(30),
	SIGNUPS_PER_DOMAIN_AND_HOUR: wholeNumber(1, 1_000_000).default(1_000),
	SIGNUPS_PER_NEWSLETTER_AND_HOUR: wholeNumber(1, 10_000_000).default(2_000),
	SIGNUPS_PER_HOUR: wholeNumber(1, 10_000_000).default(5_000),
	FORM_MIN_SECONDS: anyNumber(0, 60).default(2),
	SIGNUP_CHALLENGE: oneOf(...challengeModes).default('under_pressure'),
	FEED_ALLOWED_HOSTS: hosts.default([]),
	// it stands in a header
	FEED_CONTACT: checked((text) => /^[\x20-\x7e]*$/.test(text), 'ascii').default(''),
	...openIdSettings,
	METRICS_TOKEN: checked((text) => /^[\x21-\x7e]{16,}$/.test(text), 'token', { min: 16 }).optional(),
	LOG_LEVEL: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent').default('info'),
})

const environment = settings
	.refine((env) => !env.DATABASE_URL || env.SECRET_KEY, {
		path: ['SECRET_KEY'],
		error: 'errors.setting.secret_key_needed',
		when: alongWithOthers,
	})
	.refine((env) => env.INBOUND_PORT === undefined || env.BOUNCE_DOMAIN, {
		path: ['BOUNCE_DOMAIN'],
		error: 'errors.setting.bounce_domain_needed',
		when: alongWithOthers,
	})
	.refine((env) => Boolean(env.INBOUND_TLS_KEY_FILE) === Boolean(env.INBOUND_TLS_CERT_FILE), {
		path: ['INBOUND_TLS_CERT_FILE'],
		error: 'errors.setting.inbound_tls_together',
		when: alongWithOthers,
	})
	.refine((env) => !(env.CAPTURE_MAIL && env.SMTP_URL), {
		path: ['CAPTURE_MAIL'],
		error: 'errors.setting.capture_and_send',
		when: alongWithOthers,
	})
	.superRefine((env, context) => {
		const missing = missingOpenId(env)
		if (missing)
			context.addIssue({ code: 'custom', path: [missing], message: 'errors.setting.oidc_together' })
	})
	// mail-rules U1, RFC 8058 §3.1: mail programs take no other link for leaving with one click
	.refine((env) => !env.SMTP_URL || !isPlainAndFar(env.PUBLIC_URL), {
		path: ['PUBLIC_URL'],
		error: 'errors.setting.public_url_https',
		when: alongWithOthers,
	})

/** What is wrong between settings is named beside what is wrong with single ones. */
function alongWithOthers(): boolean {
	return true
}

function isPlainAndFar(url: string | undefined): boolean {
	return url !== undefined && /^http:/i.test(url) && !isOnThisMachine(url)
}

export { ConfigError } from './config/config-error.ts'

/** The settings of one process, checked. */
export type Config = Readonly<{
	publicUrl: string
	host: string
	port: number
	databaseUrl: string | undefined
	dataDir: string
	/** What this installation calls itself, the same in all its processes and in no copy of it. */
	installationId: string | undefined
	redisUrl: string | undefined
	/** One relay, or several separated by spaces. */
	smtpUrl: string | undefined
	/** Whether mail is kept where no relay is set; undefined: where links lead to this machine only. */
	captureMail: boolean | undefined
	/** The name that EHLO tells; undefined: the host's own. */
	ehloName: string | undefined
	smtpConnections: number
	/** How fast the relay may be used, all processes together; undefined: as fast as it takes mail. */
	relayRate: Rate | undefined
	/** How fast each recipient domain may be mailed. */
	domainRates: readonly DomainRate[]
	/** How many messages a day may be sent at first; undefined: any number. */
	warmUp: WarmUp | undefined
	secretKey: string | undefined
	linkSecrets: ReadonlyArray<{ id: string; secret: string }>
	bounceDomain: string | undefined
	feedbackSenderId: string
	/** What mail is signed with, RSA first. None: signing is the relay's task. */
	dkimKeys: readonly DkimKey[]
	trustProxy: number | string
	recordIp: boolean
	confirmHours: number
	unconfirmedDays: number
	noticeDays: number
	/** After how many days who has left is erased; 0: never. */
	leftDays: number
	/** How long receipts without a person are kept; 0: for good. */
	receiptDays: number
	/** How long after its end a digest keeps its deliveries; 0: for good. */
	retentionDays: number
	reminderDays: number
	/** 0: for good. */
	auditDays: number
	signupsPerIpAndHour: number
	signupsPerDomainAndHour: number
	signupsPerNewsletterAndHour: number
	/** Over all newsletters. */
	signupsPerHour: number
	formMinSeconds: number
	/** When who signs up is asked to solve a challenge. */
	signupChallenge: ChallengeMode
	/** Over how long the mails that answer sign-ups are spread at random; 0 where only this machine can sign up. */
	noticeSpreadSeconds: number
	feedAllowedHosts: readonly string[]
	feedContact: string
	/** What `/metrics` is read with; undefined: only on the machine itself. */
	metricsToken: string | undefined
	/** The organisation's own way of signing in; undefined: by password alone. */
	openId: OpenIdConfig | undefined
	/** Secrets of webhooks by the provider's name in lower case: what is set as `WEBHOOK_NAME_SECRET`. */
	webhookSecrets: Readonly<Record<string, string>>
	logLevel: string
	/** Variables that look like settings and are none. */
	unknownSettings: readonly UnknownSetting[]
}> &
	ReturnedMailConfig

/**
 * Reads the settings from the environment. An empty variable counts as not set.
 * Throws a ConfigError that names every problem at once.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
	const result = environment.safeParse(given)
	const dkim = readDkimKeys(result.success ? result.data : given)
	if (!result.success || dkim.problems.length > 0) {
		throw new ConfigError([...problemsOf(result.error), ...dkim.problems])
	}
	const set = result.data
	return {
		publicUrl: set.PUBLIC_URL ?? `http://localhost:${set.PORT}`,
		host: set.HOST,
		port: set.PORT,
		databaseUrl: set.DATABASE_URL,
		dataDir: set.DATA_DIR,
		installationId: set.INSTALLATION_ID,
		redisUrl: set.REDIS_URL,
		smtpUrl: set.SMTP_URL,
		captureMail: set.CAPTURE_MAIL,
		ehloName: set.EHLO_NAME ?? usualEhloName(set.BOUNCE_DOMAIN, set.PUBLIC_URL),
		smtpConnections: set.SMTP_CONNECTIONS,
		relayRate: set.RELAY_RATE,
		domainRates: set.DOMAIN_RATES,
		warmUp: set.WARMUP,
		secretKey: set.SECRET_KEY,
		linkSecrets: set.LINK_SECRETS,
		bounceDomain: set.BOUNCE_DOMAIN,
		feedbackSenderId: set.FEEDBACK_SENDER_ID,
		dkimKeys: dkim.keys,
		trustProxy: set.TRUST_PROXY,
		recordIp: set.RECORD_IP,
		confirmHours: set.CONFIRM_HOURS,
		reminderDays: set.REMINDER_DAYS,
		unconfirmedDays: set.UNCONFIRMED_DAYS,
		noticeDays: set.NOTICE_DAYS,
		leftDays: set.LEFT_DAYS,
		receiptDays: set.RECEIPT_DAYS,
		retentionDays: set.RETENTION_DAYS,
		auditDays: set.AUDIT_DAYS,
		signupsPerIpAndHour: set.SIGNUPS_PER_IP_AND_HOUR,
		signupsPerDomainAndHour: set.SIGNUPS_PER_DOMAIN_AND_HOUR,
		signupsPerNewsletterAndHour: set.SIGNUPS_PER_NEWSLETTER_AND_HOUR,
		signupsPerHour: set.SIGNUPS_PER_HOUR,
		formMinSeconds: set.FORM_MIN_SECONDS,
		signupChallenge: set.SIGNUP_CHALLENGE,
		noticeSpreadSeconds: !set.PUBLIC_URL || isOnThisMachine(set.PUBLIC_URL) ? 0 : 3,
		feedAllowedHosts: set.FEED_ALLOWED_HOSTS,
		feedContact: set.FEED_CONTACT,
		metricsToken: set.METRICS_TOKEN,
		openId: readOpenId(set),
		webhookSecrets: readWebhookSecrets(given),
		logLevel: set.LOG_LEVEL,
		unknownSettings: findUnknownSettings(given, Object.keys(settings.shape)),
		...readReturnedMail(set),
	}
}

/** Which providers there are, and what their secrets must be, is known to those who read their webhooks. */
function readWebhookSecrets(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
	const secrets: Record<string, string> = {}
	for (const [setting, value = ''] of Object.entries(given)) {
		const [, name = ''] = /^WEBHOOK_([A-Z]+)_SECRET$/.exec(setting) ?? []
		if (name !== '') secrets[name.toLowerCase()] = value.trim()
	}
	return secrets
}

/** Adds what `.env` of the working folder sets to the environment. Throws an AppError where it can't be read. */
export function readEnvFile(): void {
	loadEnvFile(process.env)
}

/** The environment as it is, for what is no setting of Envoi: the language of the terminal. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
	return process.env
}
