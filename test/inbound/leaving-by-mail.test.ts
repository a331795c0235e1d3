import { afterEach, expect, test } from 'vitest'
import { startInbound } from '../../src/commands/start-inbound.ts'
import type { Config } from '../../src/config.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { personalMail } from '../support/returned-mail.ts'
import { openDialogue } from '../support/smtp-dialogue.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const inbound: NonNullable<Config['inbound']> = {
	host: '127.0.0.1',
	port: 0,
	tls: undefined,
	maxBytes: 100_000,
	perIpAndMinute: 1_000,
}

let app: TestApp
afterEach(() => app.close())

/** Sends a digest to one reader; gives the value of its List-Unsubscribe. */
async function leavingHeader(config: Partial<Config>): Promise<{ value: string; subscriptionId: number }> {
	app = await startTestApp({ config })
	const { id } = await makeNewsletter(app)
	const subscriptionId = await makeReader(app, id, { address: 'ada@readers.example' })
	await makeStory(app, id)
	await triggerDigest(app, id, { by: operator })
	await app.drain()
	const mail = await app.captured?.list()[0]?.parse()
	const value = mail?.headers.find(({ name }) => name === 'list-unsubscribe')?.value ?? ''
	return { value, subscriptionId }
}

test('A digest offers leaving by mail where somebody takes it, second to the link, and it works (U1, U15)', async () => {
	const { value, subscriptionId } = await leavingHeader({ bounceDomain: 'bounces.example.org', inbound })
	const [, link, address = ''] = /^<(http[^>]+)>, <mailto:([^?>]+)\?subject=unsubscribe>$/.exec(value) ?? []
	expect(link).toContain('/unsubscribe/')
	expect(address).toMatch(/^unsubscribe\+[a-z0-9.]{1,52}@bounces\.example\.org$/)
	const listener = await startInbound(app)
	const dialogue = await openDialogue(listener.listener?.port ?? 0)
	const raw = personalMail({ to: address, subject: 'unsubscribe' })
	const answers = await dialogue.bring({ from: 'ada@readers.example', to: address, raw })
	expect(answers.at(-1)).toMatch(/^250/)
	dialogue.end()
	await listener.close()
	const { state } = await app.db
		.selectFrom('subscriptions')
		.select('state')
		.where('id', '=', subscriptionId)
		.executeTakeFirstOrThrow()
	expect(state).toBe('unsubscribed')
})

test('A digest offers no address that nobody reads', async () => {
	const { value } = await leavingHeader({ bounceDomain: 'bounces.example.org' })
	expect(value).toMatch(/^<http[^>]+>$/)
})
