import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import nodemailer from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pruneReports, reconcileBounces, replayReport } from '../../src/bounces/index.ts'
import { type Inbound, startInbound } from '../../src/commands/start-inbound.ts'
import type { Config } from '../../src/config.ts'
import { envelopeIdOf, messageIdOf, returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { deriveKeys, hashAddress } from '../../src/kernel/keys.ts'
import { unsubscribeAddress, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { complaintReport, deliveryReport, outOfOffice, personalMail } from '../support/returned-mail.ts'
import { openDialogue } from '../support/smtp-dialogue.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { testCertificate } from '../support/test-certificate.ts'

const domain = 'bounces.example.org'
const inboundConfig: NonNullable<Config['inbound']> = {
	host: '127.0.0.1',
	port: 0,
	tls: undefined,
	maxBytes: 200_000,
	perIpAndMinute: 10_000,
}
const config: Partial<Config> = { bounceDomain: domain, inbound: inboundConfig }

let app: TestApp
let inbound: Inbound
let newsletterId: number
let digestId: number
beforeAll(async () => {
	app = await startTestApp({ config })
	inbound = await startInbound(app)
	newsletterId = (await makeNewsletter(app)).id
	await makeReader(app, newsletterId, { address: 'first@readers.example' })
	await makeStory(app, newsletterId)
	const triggered = await triggerDigest(app, newsletterId, { by: operator })
	if (triggered.kind !== 'created') throw new Error(triggered.kind)
	digestId = triggered.digest.id
	await planDigest(app, digestId)
	await app.drain()
	app.captured?.clear()
})
afterAll(async () => {
	await inbound.close()
	await app.close()
})
beforeEach(async () => {
	await app.db.deleteFrom('bounce_events').execute()
	await app.db.deleteFrom('bounce_reports').execute()
})

let made = 0
/** A reader to whom the digest went, and the tokens of that delivery. */
async function reader() {
	made += 1
	const address = `person${made}@readers.example`
	const subscriptionId = await makeReader(app, newsletterId, { address })
	const key = { digestId, subscriptionId }
	await sql`insert into deliveries (digest_id, subscription_id, rendition_id, state, attempts)
		select digest_id, ${subscriptionId}, rendition_id, 'accepted', 1 from deliveries
		where digest_id = ${digestId} limit 1`.execute(app.db)
	return { address, ...key, returnPath: returnPathOf(app.keys, key, domain) }
}

const port = () => inbound.listener?.port ?? 0

/** Brings a mail over SMTP as another mail server would; gives the last reply. */
async function bring(raw: string, to: string | string[], from = ''): Promise<string> {
	const dialogue = await openDialogue(port())
	const answers = await dialogue.bring({ from, to, raw })
	dialogue.end()
	await app.drain()
	return answers.at(-1) ?? ''
}

const suppressionOf = (address: string) => findSuppression(app.db, hashAddress(app.keys, address))
const events = () => app.db.selectFrom('bounce_events').selectAll().orderBy('id').execute()
const reports = () => app.db.selectFrom('bounce_reports').selectAll().orderBy('id').execute()

async function stateOf(subscriptionId: number): Promise<string> {
	const row = await app.db
		.selectFrom('subscriptions')
		.select('state')
		.where('id', '=', subscriptionId)
		.executeTakeFirstOrThrow()
	return row.state
}

describe('a report to a return path', () => {
	it('is stored before it is answered for, read, and suppresses a dead address', async () => {
		const { address, returnPath, subscriptionId } = await reader()
		const raw = deliveryReport({ to: returnPath, recipient: address })
		expect(await bring(raw, returnPath)).toMatch(/^250 2\.6\.0/)
		expect(await events()).toMatchObject([
			{
				via: 'inbound',
				kind: 'bounce',
				class: 'address',
				hard: true,
				status: '5.1.1',
				matched_by: 'return_path',
				subscription_id: subscriptionId,
				effect: 'suppressed',
			},
		])
		const [report] = await reports()
		expect(report).toMatchObject({ kind: 'bounce', via: 'inbound' })
		expect(Buffer.from(report?.raw ?? '').toString()).toContain(`Delivered-To: ${returnPath}\r\n`)
		expect(await suppressionOf(address)).toMatchObject({ reason: 'dead_address' })
	})

	it('is found in upper case and behind the tag of BATV (S5, S13)', async () => {
		for (const change of [
			(path: string) => path.toUpperCase(),
			(path: string) => `prvs=3014f0ad12=${path}`,
		]) {
			const { address, returnPath } = await reader()
			const to = change(returnPath)
			expect(await bring(deliveryReport({ to: 'hidden@elsewhere.example', recipient: address }), to)).toMatch(
				/^250/,
			)
			expect(await suppressionOf(address), to).toBeDefined()
		}
	})

	it('that is at hand counts by its envelope id or its returned Message-ID where the return path is forged', async () => {
		const forged = returnPathOf(deriveKeys('somebody else’s secret'), { digestId, subscriptionId: 7 }, domain)
		const byEnvelope = await reader()
		const envelopeId = envelopeIdOf(app.keys, byEnvelope)
		const replay = (raw: string) => replayReport(app, Buffer.from(raw), operator)
		await replay(deliveryReport({ to: forged, recipient: byEnvelope.address, envelopeId }))
		expect(await suppressionOf(byEnvelope.address)).toBeDefined()
		const byMessage = await reader()
		const returned = `Message-ID: ${messageIdOf(app.keys, byMessage, 'example.org')}`
		await replay(deliveryReport({ to: forged, recipient: byMessage.address, returned }))
		expect(await suppressionOf(byMessage.address)).toBeDefined()
		expect((await events()).map(({ matched_by }) => matched_by)).toEqual(['envelope_id', 'message_id'])
	})

	it('with a forged, foreign or altered token is refused, and not stored (S5)', async () => {
		const { address, returnPath, subscriptionId } = await reader()
		const foreign = deriveKeys('somebody else’s secret, long enough')
		const forged = [
			returnPathOf(foreign, { digestId, subscriptionId }, domain),
			returnPath.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0')),
		]
		for (const to of forged) {
			const report = deliveryReport({
				to,
				recipient: address,
				originalRecipient: address,
				envelopeId: envelopeIdOf(foreign, { digestId, subscriptionId }),
				returned: `Message-ID: ${messageIdOf(foreign, { digestId, subscriptionId }, 'example.org')}\nTo: ${address}`,
			})
			expect(await bring(report, to)).toMatch(/^550/)
		}
		expect(await events()).toEqual([])
		expect(await reports()).toEqual([])
		expect(await suppressionOf(address)).toBeUndefined()
	})

	it('counts once, however often it is brought', async () => {
		const { address, returnPath } = await reader()
		const raw = deliveryReport({ to: returnPath, recipient: address })
		for (let time = 0; time < 3; time++) expect(await bring(raw, returnPath)).toMatch(/^250/)
		expect(await events()).toHaveLength(1)
		expect(await reports()).toHaveLength(1)
	})

	it('on mail that went on to others is about the subscriber; of several, the mildest counts', async () => {
		const forwarded = await reader()
		await bring(
			deliveryReport({ to: forwarded.returnPath, recipient: 'new.home@elsewhere.example' }),
			forwarded.returnPath,
		)
		expect(await suppressionOf(forwarded.address)).toBeDefined()
		const list = await reader()
		await bring(
			deliveryReport(
				{ to: list.returnPath, recipient: 'dead.member@elsewhere.example' },
				{ recipient: 'full.member@elsewhere.example', status: '5.2.2', diagnostic: '552 5.2.2 Mailbox full' },
			),
			list.returnPath,
		)
		expect(await suppressionOf(list.address)).toBeUndefined()
		const named = await reader()
		await bring(
			deliveryReport(
				{
					to: named.returnPath,
					recipient: 'full.member@elsewhere.example',
					status: '5.2.2',
					diagnostic: '552 full',
				},
				{ recipient: named.address },
			),
			named.returnPath,
		)
		expect(await suppressionOf(named.address)).toBeDefined()
	})

	it('that names nobody is about whom its return path names', async () => {
		const { address, returnPath } = await reader()
		const raw = `From: MAILER-DAEMON@mx.readers.example
To: ${returnPath}
Subject: Undeliverable: A digest

Your message could not be delivered: 550 5.1.1 no such user here.
`
		await bring(raw, returnPath)
		expect(await events()).toMatchObject([{ class: 'address', matched_by: 'return_path' }])
		expect(await suppressionOf(address)).toBeDefined()
	})

	it('by a person who complained ends the subscription, though the person is hidden (S11)', async () => {
		const { address, returnPath, subscriptionId } = await reader()
		const returned = `List-Unsubscribe: <${unsubscribeUrl(app, { digestId, subscriptionId })}>`
		await bring(complaintReport({ to: returnPath, returned }), returnPath.replace(/^/, ''))
		expect(await suppressionOf(address)).toMatchObject({ reason: 'complaint' })
		expect(await stateOf(subscriptionId)).toBe('unsubscribed')
	})

	it('that tells of an absence, a delay or a delivery costs nobody anything (S9, H5)', async () => {
		const { address, returnPath } = await reader()
		await bring(outOfOffice(returnPath), returnPath)
		expect(await reports()).toEqual([])
		await bring(
			deliveryReport({ to: returnPath, recipient: address, action: 'delayed', status: '4.4.1' }),
			returnPath,
		)
		await bring(
			personalMail({ to: returnPath, subject: 'Hello', body: 'How are you?' }),
			returnPath,
			'a@b.example',
		)
		expect(await events()).toEqual([])
		expect(await reports()).toMatchObject([{ kind: 'none' }, { kind: 'none' }])
		await bring(
			deliveryReport({
				to: returnPath,
				recipient: address,
				action: 'delivered',
				status: '2.0.0',
				diagnostic: '250 ok',
			}),
			returnPath,
		)
		expect(await events()).toMatchObject([{ kind: 'delivered', effect: 'none' }])
		expect(await suppressionOf(address)).toBeUndefined()
	})

	it('waits in the database where nobody can read it yet, and is found again', async () => {
		const idle = await startTestApp({ config, workers: false })
		const listener = await startInbound(idle)
		const dialogue = await openDialogue(listener.listener?.port ?? 0)
		const to = returnPathOf(idle.keys, { digestId: 1, subscriptionId: 1 }, domain)
		const answers = await dialogue.bring({
			from: '',
			to,
			raw: deliveryReport({ to, recipient: 'a@b.example' }),
		})
		dialogue.end()
		expect(answers.at(-1)).toMatch(/^250/)
		const [stored] = await idle.db.selectFrom('bounce_reports').selectAll().execute()
		expect(stored).toMatchObject({ kind: null, attempts: 0 })
		const enqueued: unknown[] = []
		const jobs = { enqueue: async (name: string, payload: object) => void enqueued.push([name, payload]) }
		await reconcileBounces({ ...idle, jobs })
		expect(enqueued).toEqual([['read-report', { reportId: stored?.id }]])
		await listener.close()
		await idle.close()
	})

	it('that brings its reader down again and again is left to staff', async () => {
		const { returnPath, address } = await reader()
		await app.db
			.insertInto('bounce_reports')
			.values({
				via: 'inbound',
				content_hash: 'bad',
				raw: Buffer.from(deliveryReport({ to: returnPath, recipient: address })),
				received_at: app.clock.now(),
				kind: null,
				attempts: 5,
			})
			.execute()
		await reconcileBounces(app)
		await app.drain()
		expect(await reports()).toMatchObject([{ kind: 'unreadable', attempts: 6 }])
		expect(await suppressionOf(address)).toBeUndefined()
	})

	it('is told to come again while the database is away', async () => {
		const doomed = await startTestApp({ config, workers: false })
		const listener = await startInbound(doomed)
		const dialogue = await openDialogue(listener.listener?.port ?? 0)
		await doomed.close()
		const to = returnPathOf(app.keys, { digestId: 1, subscriptionId: 1 }, domain)
		const answers = await dialogue.bring({
			from: '',
			to,
			raw: deliveryReport({ to, recipient: 'a@b.example' }),
		})
		expect(answers.at(-1)).toMatch(/^451 4\.3\.0/)
		dialogue.end()
		await listener.close()
	})

	it('is forgotten after its retention, and what was read from it holds no address', async () => {
		const { address, returnPath } = await reader()
		await bring(deliveryReport({ to: returnPath, recipient: address }), returnPath)
		await pruneReports(app)
		expect(await reports()).toHaveLength(1)
		const later = { now: () => new Date(app.clock.now().getTime() + 31 * 86_400_000) }
		await pruneReports({ ...app, clock: later })
		expect(await reports()).toEqual([])
		const [event] = await events()
		expect(event).toMatchObject({ report_id: null, class: 'address' })
		expect(JSON.stringify(event)).not.toContain(address)
		await pruneReports({
			...app,
			clock: { now: () => new Date(app.clock.now().getTime() + 731 * 86_400_000) },
		})
		expect(await events()).toEqual([])
	})
})

describe('mail to an unsubscribe address', () => {
	const addressOf = (key: { digestId: number; subscriptionId: number }) =>
		unsubscribeAddress(app.keys, key, domain)

	it('ends the subscription, without a subject and with an empty body, as often as it comes (U15)', async () => {
		const person = await reader()
		const to = addressOf(person)
		for (const recipient of [to, to.toUpperCase()]) {
			expect(await bring(personalMail({ to }), recipient, person.address)).toMatch(/^250/)
			expect(await stateOf(person.subscriptionId)).toBe('unsubscribed')
		}
		const receipts = await app.db
			.selectFrom('consent_receipts')
			.select(['action', 'page'])
			.where('subscription_id', '=', person.subscriptionId)
			.execute()
		expect(receipts).toEqual([{ action: 'unsubscribed', page: `mail (digest ${digestId})` }])
		expect(await suppressionOf(person.address)).toBeUndefined()
	})

	it('that software wrote by itself ends nothing (H5); what Apple Mail writes for a person does', async () => {
		const person = await reader()
		const to = addressOf(person)
		await bring(outOfOffice(to), to, person.address)
		await bring(personalMail({ to, header: 'Auto-Submitted: auto-generated\n' }), to, person.address)
		await bring(deliveryReport({ to, recipient: 'x@y.example' }), to)
		await bring(personalMail({ to }), to, '')
		expect(await stateOf(person.subscriptionId)).toBe('active')
		const apple = 'Auto-Submitted: auto-replied\nX-Apple-Unsubscribe: true\n'
		await bring(personalMail({ to, header: apple }), to, person.address)
		expect(await stateOf(person.subscriptionId)).toBe('unsubscribed')
	})

	it('with a forged token is refused, and changes nothing (U8)', async () => {
		const person = await reader()
		const foreign = unsubscribeAddress(deriveKeys('somebody else’s secret'), person, domain)
		expect(await bring(personalMail({ to: foreign }), foreign, person.address)).toMatch(/^550/)
		expect(await stateOf(person.subscriptionId)).toBe('active')
	})
})

/** What the listener says first to one more connection. */
async function greetingOf(at: number): Promise<string> {
	const socket = connect(at, '127.0.0.1').setEncoding('utf8')
	const [greeting] = await once(socket, 'data')
	socket.destroy()
	return String(greeting)
}

describe('the door', () => {
	it('takes mail to no other address, whatever it looks like', async () => {
		const { returnPath, ...key } = await reader()
		const foreign = deriveKeys('somebody else’s secret')
		const others = [
			returnPathOf(foreign, key, domain),
			unsubscribeAddress(foreign, key, domain),
			...Array.from({ length: 20 }, (_, n) => `bounces+1.0.${n.toString(36)}.${'0'.repeat(32)}@${domain}`),
			returnPath.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0')),
			`postmaster@${domain}`,
			`bounces@${domain}`,
			`bounces+x@${domain}`,
			`bounces+1.1.1.${'g'.repeat(32)}@${domain}`,
			`unsubscribe@${domain}`,
			`x${returnPath}`,
			returnPath.replace(domain, 'example.org'),
			returnPath.replace('@', '@elsewhere.'),
			`${returnPath}.example`,
		]
		const dialogue = await openDialogue(port())
		await dialogue.say('MAIL FROM:<>')
		for (const address of others) {
			expect(await dialogue.say(`RCPT TO:<${address}>`), address).toMatch(/^550 5\.1\.1/)
		}
		dialogue.end()
	})

	it('refuses what is too large, announced or not, and goes on', async () => {
		const { returnPath, address } = await reader()
		const dialogue = await openDialogue(port())
		expect(await dialogue.say('MAIL FROM:<> SIZE=200001')).toMatch(/^552/)
		const padding = 'x'.repeat(70)
		const large = `${deliveryReport({ to: returnPath, recipient: address })}\n${`${padding}\n`.repeat(3_000)}`
		expect((await dialogue.bring({ from: '', to: returnPath, raw: large })).at(-1)).toMatch(/^552 5\.3\.4/)
		expect(await reports()).toEqual([])
		const fine = deliveryReport({ to: returnPath, recipient: address })
		expect((await dialogue.bring({ from: '', to: returnPath, raw: fine })).at(-1)).toMatch(/^250/)
		dialogue.end()
		await app.drain()
	})

	it('limits how much one address brings in a minute and how many recipients a mail has', async () => {
		const narrow = { ...app, config: { ...app.config, inbound: { ...inboundConfig, perIpAndMinute: 2 } } }
		const limited = await startInbound({ ...narrow, limiter: app.limiter })
		const { returnPath } = await reader()
		const dialogue = await openDialogue(limited.listener?.port ?? 0)
		const answers: string[] = []
		for (let time = 0; time < 3; time++) {
			answers.push(await dialogue.say('MAIL FROM:<>'))
			await dialogue.say('RSET')
		}
		expect(answers.at(-1)).toMatch(/^451 4\.7\.1 Too much mail at once/)
		dialogue.end()
		await limited.close()

		const many = await openDialogue(port())
		await many.say('MAIL FROM:<>')
		const replies: string[] = []
		for (let n = 0; n < 21; n++) replies.push(await many.say(`RCPT TO:<${`prvs=${n}=${returnPath}`}>`))
		expect(replies.slice(0, 20).every((reply) => reply.startsWith('250'))).toBe(true)
		expect(replies.at(-1)).toMatch(/^452 4\.5\.3/)
		many.end()
	})

	it('keeps the beginning of a large mail, once for all of its recipients', async () => {
		const [first, second] = [await reader(), await reader()]
		const report = deliveryReport({ to: first.returnPath, recipient: first.address })
		const raw = `${report}\n${`${'x'.repeat(70)}\n`.repeat(10_000)}`
		const large = await startInbound({
			...app,
			config: { ...app.config, inbound: { ...inboundConfig, maxBytes: 5_000_000 } },
		})
		const dialogue = await openDialogue(large.listener?.port ?? 0)
		const to = [first.returnPath, `prvs=1=${first.returnPath}`, second.returnPath]
		expect((await dialogue.bring({ from: '', to, raw })).at(-1)).toMatch(/^250/)
		await app.drain()
		const kept = await app.db.selectFrom('bounce_reports').select('raw').execute()
		expect(kept.map(({ raw }) => raw.length < 263_000)).toEqual([true])
		expect(await suppressionOf(first.address)).toBeDefined()
		dialogue.end()
		await large.close()
	})

	it('takes so many reports on one reader in a day, and goes on with others', async () => {
		const { address, returnPath } = await reader()
		const dialogue = await openDialogue(port())
		const raw = () =>
			deliveryReport({ to: returnPath, recipient: address, status: '4.2.2', diagnostic: '452 4.2.2 full' })
		const answers: string[] = []
		for (let n = 0; n < 51; n++) {
			answers.push((await dialogue.bring({ from: '', to: returnPath, raw: raw() })).at(-1) ?? '')
		}
		expect(answers.filter((answer) => answer.startsWith('250'))).toHaveLength(50)
		expect(answers.at(-1)).toMatch(/^452 4\.3\.1/)
		const other = await reader()
		const fine = deliveryReport({ to: other.returnPath, recipient: other.address })
		expect((await dialogue.bring({ from: '', to: other.returnPath, raw: fine })).at(-1)).toMatch(/^250/)
		dialogue.end()
		await app.drain()
	})

	it('limits the connections of one host, and what it brings in a day', async () => {
		const inbound = { ...inboundConfig, perHost: 3, bytesPerHostAndDay: 6_000 }
		const narrow = await startInbound({ ...app, config: { ...app.config, inbound } })
		const at = narrow.listener?.port ?? 0
		const dialogues = [await openDialogue(at), await openDialogue(at), await openDialogue(at)]
		expect(await greetingOf(at)).toMatch(/^421 4\.7\.0/)
		dialogues[1]?.end()
		await expect.poll(() => greetingOf(at)).toMatch(/^220/)
		const answers: string[] = []
		for (let n = 0; n < 8; n++) {
			const { returnPath, address } = await reader()
			const raw = deliveryReport({ to: returnPath, recipient: address })
			answers.push((await dialogues[0]?.bring({ from: '', to: returnPath, raw }))?.at(-1) ?? '')
		}
		expect(answers[0]).toMatch(/^250/)
		expect(answers.at(-1)).toMatch(/^452 4\.3\.1/)
		for (const dialogue of dialogues) dialogue.end()
		await narrow.close()
		await app.drain()
	})

	it('keeps nothing of a mail whose sender hangs up in the middle', async () => {
		const { returnPath, address } = await reader()
		const dialogue = await openDialogue(port())
		await dialogue.say('MAIL FROM:<>')
		await dialogue.say(`RCPT TO:<${returnPath}>`)
		expect(await dialogue.say('DATA')).toMatch(/^354/)
		const begun = dialogue.say(deliveryReport({ to: returnPath, recipient: address }).replace(/\n/g, '\r\n'))
		dialogue.drop()
		expect(await begun).toBe('closed')
		expect(await bring(outOfOffice(returnPath), returnPath)).toMatch(/^250/)
		expect(await reports()).toEqual([])
		expect(await suppressionOf(address)).toBeUndefined()
	})

	it('offers STARTTLS where it has a certificate, and no signing in', async () => {
		const plain = await openDialogue(port())
		expect(await plain.say('EHLO again')).not.toMatch(/STARTTLS|AUTH/)
		plain.end()
		const folder = await mkdtemp(join(tmpdir(), 'envoi-tls-'))
		const tls = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') }
		await writeFile(tls.keyFile, testCertificate.key)
		await writeFile(tls.certFile, testCertificate.cert)
		const secure = await startInbound({
			...app,
			config: { ...app.config, inbound: { ...inboundConfig, tls } },
		})
		const { address, returnPath } = await reader()
		const transport = nodemailer.createTransport({
			host: '127.0.0.1',
			port: secure.listener?.port,
			requireTLS: true,
			tls: { ca: testCertificate.cert, servername: 'localhost' },
		})
		const raw = deliveryReport({ to: returnPath, recipient: address })
		const sent = await transport.sendMail({ envelope: { from: '', to: returnPath }, raw })
		expect(sent.response).toMatch(/^250/)
		await app.drain()
		expect(await suppressionOf(address)).toBeDefined()
		transport.close()
		await secure.close()
		await rm(folder, { recursive: true })
	})

	it('never writes a mail of its own (H5), and logs no address', () => {
		expect(app.captured?.list()).toEqual([])
		expect(app.logged.length).toBeGreaterThan(20)
		expect(app.logged.filter((line) => /@readers|@elsewhere|bounces\+/.test(line))).toEqual([])
	})
})
