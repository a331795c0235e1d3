import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../support/run-command.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

let sink: SmtpSink
beforeAll(async () => {
	sink = await startSmtpSink({ extensions: ['CHUNKING', 'SIZE 10000000'] })
})
afterAll(() => sink.close())

const measure = (settings: Record<string, string>) => runCommand(['relay', 'measure'], settings)

test('A relay is measured without a message: what it offers, how far it is, how fast it may be', async () => {
	const { code, text } = await measure({ SMTP_URL: sink.url, SMTP_CONNECTIONS: '7' })
	expect(text).toMatch(/127\.0\.0\.1:\d+: a round trip takes [\d.]+ ms\./)
	expect(text).toContain('It offers PIPELINING, CHUNKING, 8BITMIME, SIZE 10000000.')
	expect(text).toMatch(/7 connections \(SMTP_CONNECTIONS\) +up to \d+ messages a second/)
	expect(code).toBe(0)
	expect(sink.heard.filter((line) => line === 'NOOP')).toHaveLength(5)
	expect(sink.heard.some((line) => line.startsWith('MAIL'))).toBe(false)
})

test('A relay that can’t be had is told of in the person’s language', async () => {
	const { code, text } = await measure({ SMTP_URL: 'smtp://127.0.0.1:1?tls=never', LANG: 'fr_FR.UTF-8' })
	expect(text).toMatch(/^127\.0\.0\.1:1\u00a0: .*ECONNREFUSED/)
	expect(code).toBe(1)
})

test('Without a relay there is none to measure', async () => {
	const { code, text } = await measure({})
	expect(text).toContain('No SMTP_URL is set')
	expect(code).toBe(1)
})
