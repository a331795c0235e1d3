import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'

const found = (env: Record<string, string>) =>
	Object.fromEntries(readConfig(env).unknownSettings.map(({ name, meant }) => [name, meant]))

describe('what looks like a setting and is none', () => {
	it.each([
		['SMTP_URI', 'SMTP_URL'],
		['SMPT_URL', 'SMTP_URL'],
		['SMTP_ULR', 'SMTP_URL'],
		['smtp_url', 'SMTP_URL'],
		['ENVOI_SMTP_URL', 'SMTP_URL'],
		['SMTP_HOST', 'SMTP_URL'],
		['SMTP_PASSWORD', 'SMTP_URL'],
		['MAIL_HOST', 'SMTP_URL'],
		['PUBLIC_ULR', 'PUBLIC_URL'],
		['PUBLIC_URI', 'PUBLIC_URL'],
		['DATABASE_URI', 'DATABASE_URL'],
		['DATABSE_URL', 'DATABASE_URL'],
		['REDIS_HOST', 'REDIS_URL'],
		['TRUST_PROXIES', 'TRUST_PROXY'],
		['BOUNCES_DOMAIN', 'BOUNCE_DOMAIN'],
		['SECRETKEY', 'SECRET_KEY'],
		['METRIC_TOKEN', 'METRICS_TOKEN'],
		['LOGLEVEL', 'LOG_LEVEL'],
		['DKIM_SELECTORS', 'DKIM_SELECTOR'],
		['RELAY_RATES', 'RELAY_RATE'],
	])('%s: %s is meant', (name, meant) => {
		expect(found({ [name]: 'something' })).toEqual({ [name]: meant })
	})

	it('is nothing that others set, and nothing that is known or empty', () => {
		const others = {
			...{
				PATH: '/bin',
				HOME: '/root',
				HOSTNAME: 'a1b2',
				USER: 'envoi',
				LANG: 'fr',
				TZ: 'UTC',
				PWD: '/',
				MAIL: '/var/mail/x',
			},
			...{
				NODE_ENV: 'production',
				npm_config_cache: 'x',
				npm_package_name: 'envoi',
				LOGNAME: 'envoi',
				SHLVL: '1',
			},
			...{
				REDIS_PORT: 'tcp://10.0.0.2:6379',
				REDIS_PORT_6379_TCP: 'x',
				REDIS_SERVICE_HOST: '10.0.0.2',
				POSTGRES_PASSWORD: 'x',
			},
			...{ WEBHOOK_BREVO_SECRET: 'x', SMTP_URI: '' },
		}
		expect(found(others)).toEqual({})
	})
})
