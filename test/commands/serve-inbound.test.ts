import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { deriveKeys } from '../../src/kernel/keys.ts'
import { startImapServer } from '../support/imap-server.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { deliveryReport } from '../support/returned-mail.ts'
import { runCommand } from '../support/run-command.ts'
import { freePort, runEnvoi } from '../support/run-envoi.ts'
import { openDialogue } from '../support/smtp-dialogue.ts'

const secretKey = 'a secret key of this test, 32 characters or more'
const domain = 'bounces.example.org'
let folder: string
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-inbound-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const settings = async (name: string) => ({
	DATA_DIR: join(folder, name),
	PORT: String(await freePort()),
	SECRET_KEY: secretKey,
})

describe('envoi serve, for returned mail', { timeout: 60_000 }, () => {
	it('takes it in beside everything else where it is set up, and ends within 10 seconds of SIGTERM', async () => {
		const mailbox = await startImapServer()
		const port = await freePort()
		const inFolder = await settings('all')
		await makeDataFolder(inFolder.DATA_DIR)
		const run = runEnvoi(['serve'], {
			...inFolder,
			INBOUND_PORT: String(port),
			BOUNCE_DOMAIN: domain,
			IMAP_URL: mailbox.url,
		})
		await run.wrote('Envoi runs')
		const to = returnPathOf(deriveKeys(secretKey), { digestId: 1, subscriptionId: 1 }, domain)
		const dialogue = await openDialogue(port)
		const raw = deliveryReport({ to, recipient: 'ada@readers.example' })
		expect((await dialogue.bring({ from: '', to, raw })).at(-1)).toMatch(/^250/)
		await mailbox.untilHeard('IDLE')
		mailbox.deliver(deliveryReport({ to, recipient: 'bob@readers.example' }))
		await mailbox.untilHeard('UID MOVE', 2)
		for (const via of ['inbound', 'imap']) await run.wrote(`"via":"${via}"`)
		const stopped = Date.now()
		run.process.kill('SIGTERM')
		expect(await run.ended).toBe(0)
		expect(Date.now() - stopped).toBeLessThan(10_000)
		expect(await dialogue.say('NOOP')).toMatch(/^421/)
		await mailbox.close()
		expect(run.written()).not.toMatch(/readers\.example/)
	})

	it('says what is missing', async () => {
		const unset = await runCommand(['serve', '--roles', 'api,workers,inbound'], await settings('unset'))
		expect(unset).toMatchObject({
			code: 1,
			text: expect.stringContaining('There is nothing to take returned mail from: set INBOUND_PORT'),
		})
		const apart = await runCommand(['serve', '--roles', 'inbound'], {
			...(await settings('apart')),
			INBOUND_PORT: '2525',
			BOUNCE_DOMAIN: domain,
		})
		expect(apart).toMatchObject({
			code: 1,
			text: expect.stringContaining('needs the roles api and workers'),
		})
	})
})
