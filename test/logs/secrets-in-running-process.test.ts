import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startImapServer } from '../support/imap-server.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { freePort, runEnvoi } from '../support/run-envoi.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

const secrets = {
	smtp: 'hush-smtp-password',
	imap: 'hush-imap-password',
	key: 'hush-secret-key-of-32-characters-or-more',
	webhook: 'hush-webhook-secret-of-32-characters',
	metrics: 'hush-metrics-token-of-32-characters',
	caller: 'hush-what-somebody-sent-as-a-key',
}

test('No secret is in what a process writes while relay, mailbox, providers and callers are refused', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'envoi-secrets-'))
	await makeDataFolder(folder)
	// some servers say back what they were told
	const sink = await startSmtpSink({
		extensions: ['AUTH PLAIN LOGIN'],
		script: (stage) => (stage === 'auth' ? `535 5.7.8 ${secrets.smtp} is not known here` : undefined),
	})
	const mailbox = await startImapServer()
	const port = await freePort()
	const at = `http://127.0.0.1:${port}`
	const envoi = runEnvoi(['serve', '--roles', 'api,workers,inbound'], {
		DATA_DIR: folder,
		PORT: String(port),
		LOG_LEVEL: 'trace',
		SECRET_KEY: secrets.key,
		SMTP_URL: `smtp://user:${secrets.smtp}@127.0.0.1:${sink.port}?tls=never`,
		IMAP_URL: mailbox.url.replace('secret', secrets.imap),
		BOUNCE_DOMAIN: 'bounces.example.org',
		WEBHOOK_POSTMARK_SECRET: secrets.webhook,
		METRICS_TOKEN: secrets.metrics,
	})
	try {
		await envoi.wrote('Envoi runs')
		await expect.poll(() => sink.heard.some((line) => line.startsWith('AUTH'))).toBe(true)
		await expect.poll(() => mailbox.heard.some((command) => /LOGIN|AUTHENTICATE/.test(command))).toBe(true)
		await fetch(`${at}/webhooks/bounces/postmark`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json', Authorization: `Basic ${secrets.caller}` },
			body: JSON.stringify({ secret: secrets.caller }),
		})
		for (const path of ['/metrics', '/api/v1/newsletters', `/api/v1/newsletters?key=${secrets.caller}`]) {
			const { status } = await fetch(at + path, { headers: { Authorization: `Bearer ${secrets.caller}` } })
			expect(status).toBeGreaterThanOrEqual(400)
		}
		expect(await (await fetch(`${at}/readyz`)).json()).toMatchObject({ ready: false })
		envoi.process.kill('SIGTERM')
		await envoi.ended
		expect(envoi.written()).toContain('535')
		for (const secret of Object.values(secrets)) {
			expect(envoi.written()).not.toContain(secret)
			expect(envoi.written()).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
		}
		expect(envoi.written()).not.toContain('hush-')
	} finally {
		envoi.process.kill('SIGKILL')
		await Promise.all([sink.close(), mailbox.close()])
		await rm(folder, { recursive: true, force: true })
	}
}, 60_000)
