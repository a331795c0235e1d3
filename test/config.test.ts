import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { webhookProviders } from '../src/bounces/providers/registry.ts'
import { ConfigError, readConfig } from '../src/config.ts'
import { loadMessages } from '../src/kernel/messages.ts'

const texts = loadMessages(fileURLToPath(new URL('../src/strings/', import.meta.url)))

const errorOf = (env: NodeJS.ProcessEnv): ConfigError | undefined => {
	try {
		readConfig(env)
		return undefined
	} catch (error) {
		if (error instanceof ConfigError) return error
		throw error
	}
}

const problemsOf = (env: NodeJS.ProcessEnv): string => {
	try {
		readConfig(env)
		return ''
	} catch (error) {
		expect(error).toBeInstanceOf(ConfigError)
		return (error as Error).message
	}
}

describe('the settings', () => {
	it('need nothing for a first run', () => {
		expect(readConfig({})).toMatchObject({
			port: 3000,
			publicUrl: 'http://localhost:3000',
			dataDir: './data',
		})
	})

	it('take an empty variable for one that is not set', () => {
		expect(readConfig({ DATABASE_URL: '', SMTP_URL: '', PORT: '' }).databaseUrl).toBeUndefined()
	})

	it('name every problem at once, each with what would be right', () => {
		const problems = problemsOf({
			PORT: 'eighty',
			DATABASE_URL: 'mysql://x',
			REDIS_URL: 'localhost:6379',
			SMTP_URL: 'smtp://relay?tls=perhaps',
			SECRET_KEY: 'short',
			RECORD_IP: 'yes',
			LINK_SECRETS: 'only-an-id',
			FEEDBACK_SENDER_ID: 'abc',
		})
		for (const name of [
			'PORT',
			'DATABASE_URL',
			'REDIS_URL',
			'SMTP_URL',
			'SECRET_KEY',
			'RECORD_IP',
			'LINK_SECRETS',
			'FEEDBACK_SENDER_ID',
		]) {
			expect(problems).toContain(`  ${name} `)
		}
		expect(problems).toContain('.env.example')
	})

	it('ask for a SECRET_KEY as soon as the database is a server', () => {
		expect(problemsOf({ DATABASE_URL: 'postgres://localhost/envoi' })).toContain('SECRET_KEY must be set')
	})

	it('name what is wrong between two of them beside the rest', () => {
		const problems = problemsOf({
			PORT: 'eighty',
			DATABASE_URL: 'postgres://localhost/envoi',
			INBOUND_PORT: '2525',
			SMTP_CONNECTIONS: '0',
		})
		expect(problems.split('\n').map((line) => line.split(' ')[2])).toEqual(
			expect.arrayContaining(['PORT', 'SMTP_CONNECTIONS', 'SECRET_KEY', 'BOUNCE_DOMAIN']),
		)
	})

	it.each([
		['http://news.example.org', 'smtp://relay', true],
		['HTTP://localhost.example.org', 'smtp://relay', true],
		['http://10.0.0.7:3000', 'smtp://relay', true],
		['https://news.example.org', 'smtp://relay', false],
		['http://news.example.org', '', false],
		['http://localhost:3000', 'smtp://relay', false],
		['http://127.0.0.1:3000', 'smtp://relay', false],
		['http://[::1]:3000', 'smtp://relay', false],
		['', 'smtp://relay', false],
	])('refuse PUBLIC_URL=%s with SMTP_URL=%s: %s (U1)', (PUBLIC_URL, SMTP_URL, isRefused) => {
		const problems = problemsOf({ PUBLIC_URL, SMTP_URL })
		expect(problems.includes('PUBLIC_URL must be an https:// URL where SMTP_URL is set')).toBe(isRefused)
		if (!isRefused) expect(problems).toBe('')
	})

	it('never repeat a secret in what they say', () => {
		expect(problemsOf({ SECRET_KEY: 'hunter2', DATABASE_URL: 'postgres:pw@x' })).not.toMatch(/hunter2|pw/)
	})

	it('tell where returned mail comes in only where it is set, and need its domain', () => {
		const usual = readConfig({})
		expect(usual.inbound).toBeUndefined()
		expect(usual.imap).toBeUndefined()
		expect(problemsOf({ INBOUND_PORT: '2525' })).toContain('BOUNCE_DOMAIN must be set where INBOUND_PORT is')
		expect(problemsOf({ INBOUND_TLS_KEY_FILE: 'key.pem' })).toContain('must be set together')
		expect(problemsOf({ IMAP_URL: 'http://mail.example.org' })).toContain('IMAP_URL')
		const { inbound } = readConfig({ INBOUND_PORT: '2525', BOUNCE_DOMAIN: 'bounces.example.org' })
		expect(inbound).toMatchObject({ host: '127.0.0.1', port: 2525, tls: undefined })
	})

	it('hold the secrets of webhooks by the name of the provider', () => {
		const { webhookSecrets } = readConfig({ WEBHOOK_POSTMARK_SECRET: ' a secret ', WEBHOOK_BREVO_SECRET: '' })
		expect(webhookSecrets).toEqual({ postmark: 'a secret' })
	})

	it.each([
		['SMTP_URL', 'foo'],
		['SMTP_URL', 'smtp://'],
		['SMTP_URL', 'smtp://relay:99999'],
		['SMTP_URL', 'smtp://u:a%hush@relay'],
		['DATABASE_URL', 'postgres://u:12#hush@db/envoi'],
		['DATABASE_URL', 'postgres://u:p/hush@db/envoi'],
		['DATABASE_URL', 'postgres://u:p@hush@db/envoi'],
		['DATABASE_URL', 'postgres://db'],
		['REDIS_URL', 'redis://:p?hush@redis'],
		['REDIS_URL', 'redis://redis/jobs'],
		['IMAP_URL', 'imaps://mail.example.org'],
		['IMAP_URL', 'imap://u:p@mail.example.org?tls=perhaps'],
		['PUBLIC_URL', 'https://news.example.org/?a=hush'],
		['PUBLIC_URL', 'https://news.example.org/#hush'],
		['PUBLIC_URL', 'https://u:hush@news.example.org'],
		['PUBLIC_URL', 'news.example.org'],
		['TRUST_PROXY', 'true'],
		['TRUST_PROXY', 'yes'],
		['TRUST_PROXY', '10.0.0.0/99'],
		['TRUST_PROXY', '-1'],
		['HOST', 'http://localhost'],
		['HOST', '127.0.0.1:3000'],
		['PORT', '1e3'],
		['PORT', '0x50'],
		['PORT', '70000'],
		['FORM_MIN_SECONDS', 'NaN'],
		['CONFIRM_HOURS', '1.5'],
		['FEED_ALLOWED_HOSTS', 'http://intranet'],
		['FEED_CONTACT', 'a\nb'],
		['METRICS_TOKEN', 'a token with spaces'],
		['LINK_SECRETS', `a:${'x'.repeat(32)},a:${'y'.repeat(32)}`],
		['LOG_LEVEL', 'loud'],
		['DOMAIN_RATES', 'gmail.com=fast'],
		['BOUNCE_DOMAIN', 'not a domain'],
	])('refuse %s=%s in a sentence of ours in both languages', (name, value) => {
		const error = errorOf({ [name]: value, SECRET_KEY: 'x'.repeat(32) })
		const [english, french] = ['en', 'fr'].map((locale) => error?.explain(locale, texts) ?? '')
		for (const said of [english, french]) {
			expect(said).toMatch(new RegExp(`\\n  ${name} \\p{L}.+`, 'u'))
			expect(said).not.toMatch(/Invalid|expected|Too (small|big)|hush/)
		}
		expect(french).not.toContain(english?.split('\n').at(-1))
	})

	it('have, all of them, words of ours for whatever stands in them', () => {
		const names = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_0-9]+)=/gm)].map(
			([, name]) => name,
		)
		const wrong = ['\u0001', 'é ', '%', '://', '-1', '1e400', 'true', ',', '=', 'smtp://[', 'x'.repeat(300)]
		for (const value of wrong) {
			for (const name of names) {
				const error = errorOf({ [String(name)]: value })
				if (!error) continue
				for (const locale of texts.locales) {
					expect(error.explain(locale, texts)).not.toMatch(/Invalid|expected|Too (small|big)|URIError/)
				}
			}
		}
	})

	it.each([
		['PUBLIC_URL', 'HTTPS://X.example/news//', 'publicUrl', 'https://x.example/news'],
		['HOST', '[::1]', 'host', '::1'],
		['TRUST_PROXY', 'loopback, 10.0.0.0/8', 'trustProxy', 'loopback, 10.0.0.0/8'],
		['TRUST_PROXY', '2', 'trustProxy', 2],
		['REDIS_URL', 'redis://:p%23ss@redis:6379/3', 'redisUrl', 'redis://:p%23ss@redis:6379/3'],
		[
			'DATABASE_URL',
			'postgres:///envoi?host=/run/postgresql&user=a@b',
			'databaseUrl',
			'postgres:///envoi?host=/run/postgresql&user=a@b',
		],
		['DATABASE_URL', 'postgres://db:5432/envoi?user=a@b', 'databaseUrl', 'postgres://db:5432/envoi?user=a@b'],
	])('take %s=%s', (name, value, field, expected) => {
		expect(readConfig({ [name]: value, SECRET_KEY: 'x'.repeat(32) })).toHaveProperty(field, expected)
	})

	it('are all in .env.example, and nothing else is', () => {
		const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_0-9]+)=/gm)].map(
			(match) => match[1],
		)
		const parts = ['open-id', 'retention', 'returned-mail']
		const files = ['config.ts', ...parts.map((part) => `config/${part}-settings.ts`)]
		const known = files.flatMap((file) =>
			[...readFileSync(`src/${file}`, 'utf8').matchAll(/^\t{1,2}([A-Z_0-9]+): /gm)].map((match) => match[1]),
		)
		expect(known.length).toBeGreaterThan(15)
		const webhooks = webhookProviders.map(({ name }) => `WEBHOOK_${name.toUpperCase()}_SECRET`)
		const ofCompose = ['POSTGRES_PASSWORD', 'COMPOSE_PROFILES']
		expect(listed.sort()).toEqual([...known, ...webhooks, ...ofCompose].sort())
	})
})
