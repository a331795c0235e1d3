import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { webhookProviders } from '../src/bounces/providers/registry.ts'
import { ConfigError, readConfig } from '../src/config.ts'

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

	it('are all in .env.example, and nothing else is', () => {
		const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_0-9]+)=/gm)].map(
			(match) => match[1],
		)
		const files = ['src/config.ts', 'src/config/returned-mail-settings.ts']
		const known = files.flatMap((file) =>
			[...readFileSync(file, 'utf8').matchAll(/^\t{1,2}([A-Z_0-9]+): /gm)].map((match) => match[1]),
		)
		expect(known.length).toBeGreaterThan(15)
		const webhooks = webhookProviders.map(({ name }) => `WEBHOOK_${name.toUpperCase()}_SECRET`)
		const ofCompose = ['POSTGRES_PASSWORD', 'COMPOSE_PROFILES']
		expect(listed.sort()).toEqual([...known, ...webhooks, ...ofCompose].sort())
	})
})
