import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMailboxReceiver } from '../../src/bounces/index.ts'
import { messageIdOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { type MailboxOptions, watchMailbox } from '../../src/inbound/imap-mailbox.ts'
import { readImapUrl } from '../../src/inbound/imap-url.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { MailboxReceiver, MailboxWatcher } from '../../src/kernel/inbound.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { unsubscribeAddress } from '../../src/subscriptions/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { type ImapServer, startImapServer } from '../support/imap-server.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { deliveryReport, outOfOffice, personalMail } from '../support/returned-mail.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const domain = 'bounces.example.org'
let app: TestApp
let newsletterId: number
let digestId: number
beforeAll(async () => {
	app = await startTestApp({ config: { bounceDomain: domain } })
	newsletterId = (await makeNewsletter(app)).id
	await makeReader(app, newsletterId, { address: 'first@readers.example' })
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	digestId = triggered.digest.id
	await planDigest(app, digestId)
	await app.drain()
})
afterAll(() => app.close())

let server: ImapServer
let watcher: MailboxWatcher | undefined
beforeEach(async () => {
	server = await startImapServer()
	await app.db.deleteFrom('bounce_events').execute()
	await app.db.deleteFrom('bounce_reports').execute()
	// the clock of tests stands still, and an alert is known by when it was raised
	await app.db.deleteFrom('bounce_alerts').execute()
})
afterEach(async () => {
	await watcher?.close()
	watcher = undefined
	await server.close()
})

function watch(
	receiver: MailboxReceiver = createMailboxReceiver(app),
	options: Partial<MailboxOptions> = {},
) {
	watcher = watchMailbox(receiver, app.log, {
		url: server.url,
		folder: 'INBOX',
		readFolder: 'Envoi read',
		otherFolder: 'Envoi other mail',
		pollSeconds: 300,
		maxBytes: 1_000_000,
		retryMs: 1,
		...options,
	})
	return watcher
}

let made = 0
async function reader() {
	made += 1
	const address = `person${made}@readers.example`
	const subscriptionId = await makeReader(app, newsletterId, { address })
	await sql`insert into deliveries (digest_id, subscription_id, rendition_id, state, attempts)
		select digest_id, ${subscriptionId}, rendition_id, 'accepted', 1 from deliveries
		where digest_id = ${digestId} limit 1`.execute(app.db)
	const key = { digestId, subscriptionId }
	return { address, ...key, returned: `Message-ID: ${messageIdOf(app.keys, key, 'charity.example')}` }
}

/** A report to the address that the newsletter itself writes from, as where no bounce domain is set. */
async function report(): Promise<{ raw: string; address: string }> {
	const { address, returned } = await reader()
	return { raw: deliveryReport({ to: 'news@charity.example', recipient: address, returned }), address }
}

const suppressionOf = (address: string) => findSuppression(app.db, hashAddress(app.keys, address))
const events = () => app.db.selectFrom('bounce_events').selectAll().orderBy('id').execute()
const openAlerts = () =>
	app.db.selectFrom('bounce_alerts').select('classes').where('closed_at', 'is', null).execute()
const countIn = (folder: string) => server.folders.get(folder)?.length ?? 0

describe('the mailbox of returned mail', () => {
	it('is read to its end: reports are recorded and put away, other mail is put where people look', async () => {
		const { raw, address } = await report()
		server.deliver(raw)
		server.deliver(outOfOffice('news@charity.example'))
		server.deliver(personalMail({ to: 'news@charity.example', subject: 'Thank you', body: 'A fine digest.' }))
		await watch().settled()
		await app.drain()
		expect(await events()).toMatchObject([{ via: 'imap', class: 'address', matched_by: 'message_id' }])
		expect(await suppressionOf(address)).toBeDefined()
		expect(countIn('INBOX')).toBe(0)
		expect(countIn('Envoi read')).toBe(2)
		expect(
			server.folders.get('Envoi other mail')?.map(({ raw }) => /Subject: (.*)\r/.exec(raw)?.[1]),
		).toEqual(['Thank you'])
		// what people write is none of our business
		const kept = await app.db.selectFrom('bounce_reports').select('raw').execute()
		expect(kept).toHaveLength(1)
	})

	it('is fetched once for a report, which is recorded as it is collected', async () => {
		const { raw, address } = await report()
		server.deliver(raw)
		await watch().settled()
		expect(server.heard.filter((command) => command === 'UID FETCH')).toHaveLength(1)
		expect(await suppressionOf(address)).toBeDefined()
		expect(await app.db.selectFrom('bounce_reports').select(['kind', 'attempts']).execute()).toEqual([
			{ kind: 'bounce', attempts: 1 },
		])
	})

	it('loses no report that is stored and can’t be recorded at the moment: the job does it later', async () => {
		const { raw, address } = await report()
		let refusals = 1
		const config = {
			...app.config,
			get bouncePolicy() {
				if (refusals-- > 0) throw new Error('the database is away')
				return app.config.bouncePolicy
			},
		}
		server.deliver(raw)
		const waiting: Array<() => Promise<void>> = []
		const jobs: typeof app.jobs = {
			...app.jobs,
			enqueue: async (...job) => void waiting.push(() => app.jobs.enqueue(...job)),
		}
		await watch(createMailboxReceiver({ ...app, config, jobs })).settled()
		expect(await suppressionOf(address)).toBeUndefined()
		expect(countIn('Envoi read')).toBe(1)
		for (const enqueue of waiting) await enqueue()
		await app.drain()
		expect(await suppressionOf(address)).toBeDefined()
	})

	it('takes an unsubscription by mail, which a catch-all address may bring here (U15)', async () => {
		const person = await reader()
		const to = unsubscribeAddress(app.keys, person, domain)
		server.deliver(personalMail({ to }))
		await watch().settled()
		const subscription = await app.db
			.selectFrom('subscriptions')
			.select('state')
			.where('id', '=', person.subscriptionId)
			.executeTakeFirstOrThrow()
		expect(subscription.state).toBe('unsubscribed')
		expect(countIn('Envoi read')).toBe(1)
	})

	it('tells by itself that something came (IDLE)', async () => {
		const seen = new Promise<void>((resolve) => {
			const receiver = createMailboxReceiver(app)
			watch({
				receive: async (raw) => {
					const kind = await receiver.receive(raw)
					resolve()
					return kind
				},
			})
		})
		await watcher?.settled()
		await server.untilHeard('IDLE')
		server.deliver((await report()).raw)
		await seen
	})

	it('is asked again and again where the server has no IDLE, and emptied where it has no MOVE', async () => {
		await server.close()
		server = await startImapServer({ extensions: [] })
		const seen: string[] = []
		const receiver = createMailboxReceiver(app)
		const second = new Promise<void>((resolve) => {
			watch(
				{
					receive: async (raw) => {
						seen.push(raw.toString())
						if (seen.length === 2) resolve()
						return receiver.receive(raw)
					},
				},
				{ pollSeconds: 0.05 },
			)
		})
		server.deliver((await report()).raw)
		await watcher?.settled()
		server.deliver((await report()).raw)
		await second
		await watcher?.settled()
		await app.drain()
		expect(await events()).toHaveLength(2)
		expect([countIn('INBOX'), countIn('Envoi read')]).toEqual([0, 2])
		expect(server.heard).not.toContain('IDLE')
		expect(server.heard).toContain('UID STORE')
	})

	it('neither loses nor repeats a report, wherever the connection breaks', async () => {
		const commands = ['AUTHENTICATE', 'SELECT', 'UID SEARCH', 'UID FETCH', 'UID MOVE', 'CREATE']
		const wishes = commands.flatMap((command) => [
			{ command, wish: 'drop' as const },
			{ command, wish: 'done and drop' as const },
		])
		const waiting = [...wishes]
		const reports = await Promise.all(Array.from({ length: 5 }, report))
		for (const { raw } of reports) server.deliver(raw)
		server.script = (command) => {
			const at = waiting.findIndex((breaking) => breaking.command === command)
			return at < 0 ? undefined : waiting.splice(at, 1)[0]?.wish
		}
		watch()
		while (waiting.length > 0 || countIn('INBOX') > 0) await watcher?.settled()
		await app.drain()
		expect(server.connections).toBeGreaterThan(wishes.length / 2)
		expect((await events()).map(({ effect }) => effect)).toEqual(Array(5).fill('suppressed'))
		for (const { address } of reports) expect(await suppressionOf(address)).toBeDefined()
		expect(countIn('INBOX')).toBe(0)
	})

	it('is read on after a restart, and what was read before counts once', async () => {
		const { raw } = await report()
		server.deliver(raw)
		await watch().settled()
		await watcher?.close()
		server.deliver(raw)
		const { raw: another } = await report()
		server.deliver(another)
		await watch().settled()
		await app.drain()
		expect(await events()).toHaveLength(2)
		expect(countIn('Envoi read')).toBe(3)
	})

	it('keeps what can’t be stored at the moment, and the rest does not wait for one bad mail', async () => {
		const receiver = createMailboxReceiver(app)
		let refusals = 1
		const bad = await report()
		const good = await report()
		server.deliver(bad.raw)
		server.deliver(good.raw)
		watch({
			receive: async (raw) => {
				if (raw.toString().includes(bad.address) && refusals-- > 0) throw new Error('the database is away')
				return receiver.receive(raw)
			},
		})
		while (countIn('INBOX') > 0) await watcher?.settled()
		await app.drain()
		expect(await suppressionOf(good.address)).toBeDefined()
		expect(await suppressionOf(bad.address)).toBeDefined()
		expect(app.logged.some((line) => line.includes('can’t be read') && line.includes('"level":"warn"'))).toBe(
			true,
		)
	})

	it.each(['AUTHENTICATE', 'SELECT', 'UID SEARCH', 'IDLE', 'greeting'])(
		'is left alone for a while where the connection breaks at %s',
		async (command) => {
			if (command === 'greeting') server.onConnect = () => server.drop()
			else server.script = (heard) => (heard === command ? 'drop' : undefined)
			await new Promise<void>((resolve) => {
				const receiver = { ...createMailboxReceiver(app), onFailing: async () => resolve() }
				watch(receiver, { retryMs: 60_000, alertAfterMs: 0, pollSeconds: 5 })
			})
			// a connection over the loopback interface takes a few turns
			for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
			expect(server.connections).toBe(1)
		},
	)

	it('does not read what is too large for a report', async () => {
		server.deliver(personalMail({ to: 'news@charity.example', body: `${'x'.repeat(70)}\n`.repeat(1_000) }))
		await watch(createMailboxReceiver(app), { maxBytes: 50_000 }).settled()
		expect(countIn('Envoi other mail')).toBe(1)
	})

	const portOf = ({ url }: ImapServer) => Number(new URL(url).port)
	/** What makes the mailbox unreadable, the line that says so, and what ends it. */
	const troubles: Array<{
		what: string
		begin: () => Promise<void>
		end: () => Promise<void>
		says: RegExp
		url?: () => string
	}> = [
		{
			what: 'nothing listens',
			begin: () => server.close(),
			end: async () => {
				server = await startImapServer({ port: portOf(server) })
			},
			says: /ECONNREFUSED/,
		},
		{
			what: 'no TLS is spoken',
			begin: async () => {},
			end: async () => {},
			says: /SSL|wrong version number/,
			url: () => server.url.replace('imap:', 'imaps:'),
		},
		{
			what: 'the folder is missing',
			begin: async () => {
				server.script = (command) => (command === 'SELECT' ? 'no' : undefined)
			},
			end: async () => {
				server.script = () => undefined
			},
			says: /SELECT is refused here/,
		},
	]

	it.each(troubles)(
		'where $what is told once in the log and by an alert, and so is its end',
		async ({ begin, end, says, url }) => {
			const quick = { alertAfterMs: 0, stableAfterMs: 20, pollSeconds: 0.05 }
			await begin()
			const before = app.logged.length
			const linesNow = () => app.logged.slice(before).map((line) => JSON.parse(line))
			const failing = watch(createMailboxReceiver(app), { ...quick, ...(url && { url: url() }) })
			await expect.poll(openAlerts).toMatchObject([{ classes: { mailbox: expect.any(Number) } }])
			const lines = linesNow().filter(({ message }) => message.includes('can’t be read'))
			expect(lines.map(({ level }) => level)).toEqual(['warn', 'error'])
			expect(JSON.stringify(lines[0].err)).toMatch(says)
			if (url) {
				await failing.close()
				watch(createMailboxReceiver(app), quick)
			}
			await end()
			await expect.poll(openAlerts).toEqual([])
			if (!url) expect(linesNow().some(({ message }) => message.includes('can be read again'))).toBe(true)
		},
	)

	it('is polled where the server refuses IDLE, which is no trouble', async () => {
		server.script = (command) => (command === 'IDLE' ? 'no' : undefined)
		const before = app.logged.length
		watch(createMailboxReceiver(app), { alertAfterMs: 0, stableAfterMs: 20, pollSeconds: 0.7 })
		await server.untilHeard('IDLE')
		const { raw, address } = await report()
		server.deliver(raw)
		await expect.poll(() => suppressionOf(address), { timeout: 5_000 }).toBeDefined()
		expect(server.connections).toBe(1)
		expect(await openAlerts()).toEqual([])
		expect(app.logged.slice(before).filter((line) => line.includes('can’t be read'))).toEqual([])
	})

	it('is tried again while the password is wrong, and its log names neither password nor address', async () => {
		const before = app.logged.length
		const failing = watch(createMailboxReceiver(app), {
			url: server.url.replace('secret', 'wrong'),
			alertAfterMs: 0,
		})
		await server.untilHeard('AUTHENTICATE', 4)
		await expect.poll(openAlerts).toMatchObject([{ classes: { mailbox: expect.any(Number) } }])
		await failing.close()
		const lines = app.logged.slice(before).filter((line) => line.includes('can’t be read'))
		expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error'])
		await watch(createMailboxReceiver(app), { stableAfterMs: 20 }).settled()
		await expect.poll(openAlerts).toEqual([])
		expect(app.logged.filter((line) => /secret|wrong@|@readers|bounces\+/.test(line))).toEqual([])
	})
})

it('A mailbox in clear must be upgraded unless the address says otherwise', () => {
	const base = { host: 'mail.example.org', auth: { user: 'news@example.org', pass: 'p:w' } }
	const account = 'news%40example.org:p%3Aw@mail.example.org'
	expect(readImapUrl(`imaps://${account}`)).toEqual({
		...base,
		port: 993,
		secure: true,
		doSTARTTLS: undefined,
	})
	expect(readImapUrl(`imap://${account}`)).toEqual({ ...base, port: 143, secure: false, doSTARTTLS: true })
	expect(readImapUrl(`imap://${account}:1143?tls=never`)).toMatchObject({ port: 1143, doSTARTTLS: false })
	expect(readImapUrl(`imap://${account}?tls=opportunistic`).doSTARTTLS).toBeUndefined()
})
