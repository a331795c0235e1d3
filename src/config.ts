import { domainToASCII } from 'node:url'
import { z } from 'zod'
import { isOnThisMachine } from './config/is-on-this-machine.ts'
import { readDkimKeys } from './config/read-dkim-keys.ts'
import {
	type ReturnedMailConfig,
	readReturnedMail,
	returnedMailSettings,
} from './config/returned-mail-settings.ts'
import { type DkimKey, isDkimSelector } from './kernel/dkim-key.ts'
import { type DomainRate, parseRate, type Rate } from './kernel/rate.ts'
import { parseWarmUp, type WarmUp } from './kernel/warm-up.ts'

const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
const list = z.string().transform((text) =>
	text
		.split(',')
		.map((item) => item.trim())
		.filter(Boolean),
)

/** `smtp://` or `smtps://`, with `?tls=required|opportunistic|never` (required where nothing is said) and `weight=`. */
const oneSmtpUrl = z
	.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' })
	.refine(
		(url) => ['required', 'opportunistic', 'never', null].includes(new URL(url).searchParams.get('tls')),
		{
			error: 'takes ?tls=required, ?tls=opportunistic or ?tls=never',
		},
	)
	.refine((url) => /^(?:[1-9]\d{0,3})?$/.test(new URL(url).searchParams.get('weight') ?? ''), {
		error: 'takes a whole number from 1 to 9999 as weight=',
	})

/** One relay, or several separated by spaces. */
const smtpUrl = z.string().superRefine((text, context) => {
	const urls = text.trim().split(/\s+/)
	for (const url of urls) {
		const issue = oneSmtpUrl.safeParse(url).error?.issues[0]
		if (issue) context.addIssue({ code: 'custom', message: issue.message })
	}
	const hosts = urls.flatMap((url) => (URL.canParse(url) ? [new URL(url).host] : []))
	if (new Set(hosts).size < hosts.length) {
		context.addIssue({ code: 'custom', message: 'names a relay twice: give it more weight= instead' })
	}
})

const rate = z.string().transform((text, context) => {
	const read = parseRate(text)
	if (!read) context.addIssue({ code: 'custom', message: rateProblem })
	return read
})

const rateProblem =
	'must be a number above 0 and /s, /min or /h, such as 20/s or 600/h, with a burst where you like: 50/s burst 100'

const warmUp = z.string().transform((text, context) => {
	const read = parseWarmUp(text)
	const message =
		'must be a day and the messages of each day from it on, all above 0: 2026-12-01: 500 1000 2000 5000'
	if (!read) context.addIssue({ code: 'custom', message })
	return read
})

const domainRates = z.string().transform((text, context): DomainRate[] =>
	text
		.split(',')
		.filter((item) => item.trim())
		.flatMap((item) => {
			const [pattern = '', limit = ''] = item.split('=').map((part) => part.trim())
			const read = parseRate(limit)
			const [, below = '', name = ''] = /^(\*\.)?(.*)$/.exec(pattern) ?? []
			const domainName = name === '*' ? name : domainToASCII(name)
			if (read && domainName) return [{ pattern: `${below}${domainName}`, rate: read }]
			const problem = domainName ? `the limit ${rateProblem}` : 'needs a domain, *.domain or * before the ='
			context.addIssue({ code: 'custom', message: `has “${item.trim()}”: ${problem}` })
			return []
		}),
)

const linkSecrets = z.string().transform((text, context) =>
	text.split(',').map((item) => {
		const [id = '', ...secret] = item.trim().split(':')
		if (!/^[a-z0-9]{1,8}$/.test(id) || secret.join(':').length < 32) {
			context.addIssue({
				code: 'custom',
				message:
					'is a list id:secret,id:secret, ids of 1 to 8 letters and digits, secrets of 32 characters or more',
			})
		}
		return { id, secret: secret.join(':') }
	}),
)

/** A name in DNS, in ASCII and lower case. */
const domain = z
	.string()
	.transform((name) => domainToASCII(name))
	.pipe(z.hostname('must be a domain, such as example.org'))

const selector = z.string().refine(isDkimSelector, 'takes letters, digits and hyphens, 63 at most')

/** Every setting that the environment can carry; `.env.example` lists them with the same words. */
const environment = z
	.object({
		PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
		HOST: z.string().default('127.0.0.1'),
		PORT: port.default(3000),
		DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(),
		DATA_DIR: z.string().default('./data'),
		INSTALLATION_ID: z
			.string()
			.regex(/^[A-Za-z0-9._-]{1,100}$/, 'takes letters, digits, dots, hyphens and underscores, 100 at most')
			.optional(),
		REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' }).optional(),
		SMTP_URL: smtpUrl.optional(),
		SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(500).default(10),
		RELAY_RATE: rate.optional(),
		DOMAIN_RATES: domainRates.default([]),
		WARMUP: warmUp.optional(),
		SECRET_KEY: z.string().min(32, 'needs 32 characters or more').optional(),
		LINK_SECRETS: linkSecrets.default([]),
		BOUNCE_DOMAIN: z.hostname('must be a host name').optional(),
		FEEDBACK_SENDER_ID: z
			.string()
			.regex(/^[A-Za-z0-9_-]{5,15}$/, 'needs 5 to 15 letters and digits')
			.default('envoi'),
		...returnedMailSettings,
		DKIM_DOMAIN: domain.optional(),
		DKIM_SELECTOR: selector.optional(),
		DKIM_PRIVATE_KEY: z.string().optional(),
		DKIM_PRIVATE_KEY_FILE: z.string().optional(),
		DKIM_ED25519_SELECTOR: selector.optional(),
		DKIM_ED25519_PRIVATE_KEY: z.string().optional(),
		DKIM_ED25519_PRIVATE_KEY_FILE: z.string().optional(),
		TRUST_PROXY: z.union([z.coerce.number().int().min(0), z.string()]).default(0),
		RECORD_IP: flag.default(false),
		CONFIRM_HOURS: z.coerce.number().int().min(1).max(720).default(72),
		RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(400),
		UNCONFIRMED_DAYS: z.coerce.number().int().min(1).max(365).default(30),
		SIGNUPS_PER_IP_AND_HOUR: z.coerce.number().int().min(1).default(30),
		SIGNUPS_PER_ADDRESS_AND_HOUR: z.coerce.number().int().min(1).default(5),
		SIGNUPS_PER_DOMAIN_AND_HOUR: z.coerce.number().int().min(1).default(1_000),
		FORM_MIN_SECONDS: z.coerce.number().min(0).max(60).default(2),
		FEED_ALLOWED_HOSTS: list.default([]),
		FEED_CONTACT: z.string().default(''),
		METRICS_TOKEN: z
			.string()
			.min(16, 'needs 16 characters or more')
			.regex(/^\S+$/, 'takes no spaces')
			.optional(),
		LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
	})
	.refine((env) => !env.DATABASE_URL || env.SECRET_KEY, {
		path: ['SECRET_KEY'],
		error: 'must be set where DATABASE_URL is: 32 random characters or more, kept for good',
		when: alongWithOthers,
	})
	.refine((env) => env.INBOUND_PORT === undefined || env.BOUNCE_DOMAIN, {
		path: ['BOUNCE_DOMAIN'],
		error: 'must be set where INBOUND_PORT is: mail to no other domain is taken',
		when: alongWithOthers,
	})
	.refine((env) => Boolean(env.INBOUND_TLS_KEY_FILE) === Boolean(env.INBOUND_TLS_CERT_FILE), {
		path: ['INBOUND_TLS_CERT_FILE'],
		error: 'and INBOUND_TLS_KEY_FILE must be set together',
		when: alongWithOthers,
	})
	// mail-rules U1, RFC 8058 §3.1: mail programs take no other link for leaving with one click
	.refine((env) => !env.SMTP_URL || !isPlainAndFar(env.PUBLIC_URL), {
		path: ['PUBLIC_URL'],
		error: 'must be an https:// URL where SMTP_URL is set: readers leave by links that begin with it',
		when: alongWithOthers,
	})

/** What is wrong between settings is named beside what is wrong with single ones. */
function alongWithOthers(): boolean {
	return true
}

function isPlainAndFar(url: string | undefined): boolean {
	return url !== undefined && /^http:/i.test(url) && !isOnThisMachine(url)
}

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
	/** How long after its end a digest keeps its deliveries; 0: for good. */
	retentionDays: number
	unconfirmedDays: number
	signupsPerIpAndHour: number
	signupsPerAddressAndHour: number
	signupsPerDomainAndHour: number
	formMinSeconds: number
	feedAllowedHosts: readonly string[]
	feedContact: string
	/** What `/metrics` is read with; undefined: only on the machine itself. */
	metricsToken: string | undefined
	/** Secrets of webhooks by the provider's name in lower case: what is set as `WEBHOOK_NAME_SECRET`. */
	webhookSecrets: Readonly<Record<string, string>>
	logLevel: string
}> &
	ReturnedMailConfig

/** Settings that can't be used: the message lists each with what is wrong, a line a setting. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError'
}

/**
 * Reads the settings from the environment. An empty variable counts as not set.
 * Throws a ConfigError that names every problem at once.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
	const result = environment.safeParse(given)
	const dkim = readDkimKeys(result.success ? result.data : given)
	if (!result.success || dkim.problems.length > 0) {
		const issues = result.error?.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`) ?? []
		const lines = [...issues, ...dkim.problems.map(({ name, problem }) => `  ${name} ${problem}`)]
		throw new ConfigError(`These settings can't be used (see .env.example):\n${lines.join('\n')}`)
	}
	const set = result.data
	return {
		publicUrl: (set.PUBLIC_URL ?? `http://localhost:${set.PORT}`).replace(/\/+$/, ''),
		host: set.HOST,
		port: set.PORT,
		databaseUrl: set.DATABASE_URL,
		dataDir: set.DATA_DIR,
		installationId: set.INSTALLATION_ID,
		redisUrl: set.REDIS_URL,
		smtpUrl: set.SMTP_URL?.trim(),
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
		retentionDays: set.RETENTION_DAYS,
		unconfirmedDays: set.UNCONFIRMED_DAYS,
		signupsPerIpAndHour: set.SIGNUPS_PER_IP_AND_HOUR,
		signupsPerAddressAndHour: set.SIGNUPS_PER_ADDRESS_AND_HOUR,
		signupsPerDomainAndHour: set.SIGNUPS_PER_DOMAIN_AND_HOUR,
		formMinSeconds: set.FORM_MIN_SECONDS,
		feedAllowedHosts: set.FEED_ALLOWED_HOSTS,
		feedContact: set.FEED_CONTACT,
		metricsToken: set.METRICS_TOKEN,
		webhookSecrets: readWebhookSecrets(given),
		logLevel: set.LOG_LEVEL,
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

/** The environment as it is, for what is no setting of Envoi: the language of the terminal. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
	return process.env
}
