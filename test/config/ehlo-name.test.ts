import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'

describe('the name that EHLO tells', () => {
	it.each([
		[{ EHLO_NAME: 'Mail.Example.org', BOUNCE_DOMAIN: 'bounces.example.org' }, 'mail.example.org'],
		[{ EHLO_NAME: 'mail.example.org.' }, 'mail.example.org'],
		[{ EHLO_NAME: 'courriel.écologie.example' }, 'courriel.xn--cologie-9xa.example'],
		[{ EHLO_NAME: '[192.0.2.1]' }, '[192.0.2.1]'],
		[{ EHLO_NAME: '[2001:db8::1]' }, '[IPv6:2001:db8::1]'],
		[{ BOUNCE_DOMAIN: 'bounces.example.org', PUBLIC_URL: 'https://news.example.org' }, 'bounces.example.org'],
		[{ BOUNCE_DOMAIN: 'localhost', PUBLIC_URL: 'https://news.example.org' }, 'news.example.org'],
		[{ PUBLIC_URL: 'https://news.example.org/letters' }, 'news.example.org'],
		[{ PUBLIC_URL: 'https://écologie.example' }, 'xn--cologie-9xa.example'],
		[{ PUBLIC_URL: 'https://192.0.2.7' }, '[192.0.2.7]'],
		[{ PUBLIC_URL: 'https://[2001:db8::7]' }, '[IPv6:2001:db8::7]'],
		[{ PUBLIC_URL: 'https://newsletter' }, undefined],
		[{ PUBLIC_URL: 'http://localhost:3000' }, undefined],
		[{}, undefined],
	])('is, with %j, %s', (env, name) => {
		expect(readConfig(env).ehloName).toBe(name)
	})

	it.each([
		'mail',
		'localhost',
		'127.0.0.1',
		'a b.example.org',
		'mail_1.example.org',
		'-a.example.org',
		'a..example',
		'[300.1.1.1]',
		'example.org\r\nMAIL FROM:<>',
		'x.123',
	])('can’t be %j', (EHLO_NAME) => {
		expect(() => readConfig({ EHLO_NAME })).toThrow('EHLO_NAME must be a whole host name')
	})
})
