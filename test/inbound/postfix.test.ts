import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replayReport } from '../../src/bounces/index.ts'
import { type Inbound, startInbound } from '../../src/commands/start-inbound.ts'
import { envelopeIdOf, messageIdOf, returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { deriveKeys, hashAddress } from '../../src/kernel/keys.ts'
import { unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { findSuppression } from '../../src/suppressions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { openDialogue } from '../support/smtp-dialogue.ts'
import { type SinkAnswer, type SinkStage, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import {
	makePrivateNetwork,
	missingForPostfix,
	type Postfix,
	type PrivateNetwork,
	startPostfix,
} from '../support/start-postfix.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const missing = missingForPostfix()
if (missing.length > 0) {
	console.warn(`Left out: bounces end to end with a real Postfix, for lack of ${missing.join(' and ')}.`)
}

type Refused = { at: SinkStage; answer: SinkAnswer; class: string; hard?: true; status: string }

/** How the servers of the readers refuse: the local part of the address, at what, with which words; and what it means. */
const refusals: Record<string, Refused> = {
	unknown: {
		at: 'rcpt',
		answer: '550 5.1.1 <unknown@readers.example>: Recipient address rejected: User unknown',
		class: 'address',
		hard: true,
		status: '5.1.1',
	},
	// Postfix makes a status of its own for a reply that has none
	bare: { at: 'rcpt', answer: '550 No such user here', class: 'address', hard: true, status: '5.0.0' },
	moved: {
		at: 'rcpt',
		answer: '551 5.1.6 The recipient has moved, please try elsewhere@readers.example',
		class: 'address',
		hard: true,
		status: '5.1.6',
	},
	nomail: {
		at: 'rcpt',
		answer: '556 5.1.10 Recipient domain accepts no mail (null MX)',
		class: 'address',
		hard: true,
		status: '5.1.10',
	},
	full: {
		at: 'rcpt',
		answer: '552 5.2.2 The mailbox is over quota',
		class: 'mailbox-full',
		status: '5.2.2',
	},
	disabled: {
		at: 'rcpt',
		answer: '550 5.2.1 The mailbox is temporarily disabled',
		class: 'temporary',
		status: '5.2.1',
	},
	greylist: {
		at: 'rcpt',
		answer: '451 4.7.1 Greylisted, please try again in 300 seconds',
		class: 'temporary',
		status: '4.7.1',
	},
	storage: {
		at: 'rcpt',
		answer: '452 4.3.1 Insufficient system storage',
		class: 'temporary',
		status: '4.3.1',
	},
	closed: { at: 'message', answer: 'drop', class: 'temporary', status: '4.4.2' },
	policy: {
		at: 'rcpt',
		answer: '550 5.7.1 Message rejected due to local policy',
		class: 'policy',
		status: '5.7.1',
	},
	relaying: { at: 'rcpt', answer: '554 5.7.1 Relay access denied', class: 'policy', status: '5.7.1' },
	dmarc: {
		at: 'message',
		answer:
			"550 5.7.26 Unauthenticated email from charity.example is not accepted due to domain's DMARC policy",
		class: 'sender',
		status: '5.7.26',
	},
	rate: {
		at: 'rcpt',
		answer: '421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP',
		class: 'sender',
		status: '4.7.28',
	},
	blocklist: {
		at: 'rcpt',
		answer: '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
		class: 'sender',
		status: '5.7.1',
	},
	size: {
		at: 'message',
		answer: '552 5.3.4 Message size exceeds fixed limit',
		class: 'content',
		status: '5.3.4',
	},
	spam: {
		at: 'message',
		answer: '554 5.7.1 Message was detected as spam',
		class: 'content',
		status: '5.7.1',
	},
}
const names = Object.keys(refusals)
const domain = 'bounces.envoi.test'
const addressOf = (name: string) => `${name}@readers.example`

describe.skipIf(missing.length > 0)('bounces, end to end, with a real Postfix', () => {
	let network: PrivateNetwork
	let remote: SmtpSink
	let app: TestApp
	let inbound: Inbound
	let postfix: Postfix
	let digestId: number
	const subscriptions = new Map<string, number>()

	beforeAll(async () => {
		network = makePrivateNetwork()
		remote = await startSmtpSink({ host: network.here })
		remote.script = (stage, { to }) => {
			const refused = refusals[to.split('@')[0] ?? '']
			return refused?.at === stage ? refused.answer : undefined
		}
		app = await startTestApp({
			config: {
				smtpUrl: `smtp://${network.there}:25?tls=never`,
				bounceDomain: domain,
				inbound: { host: network.here, port: 0, tls: undefined, maxBytes: 1_000_000, perIpAndMinute: 1_000 },
			},
		})
		inbound = await startInbound(app)
		postfix = await startPostfix(network, { [domain]: inbound.listener?.port ?? 0, '*': remote.port })

		const newsletter = await makeNewsletter(app)
		for (const name of [...names, 'well']) {
			subscriptions.set(name, await makeReader(app, newsletter.id, { address: addressOf(name) }))
		}
		await makeStory(app, newsletter.id)
		const triggered = await triggerDigest(app, newsletter.id, { by: operator })
		if (triggered.kind !== 'created') throw new Error(triggered.kind)
		digestId = triggered.digest.id
		await app.drain()
		await untilReports(names.length)
	}, 120_000)
	afterAll(async () => {
		await postfix?.stop()
		await inbound?.close()
		await app?.close()
		await remote?.close()
		network?.remove()
	}, 60_000)

	/** Postfix returns reports in its own time. */
	async function untilReports(count: number): Promise<void> {
		for (const giveUpAt = Date.now() + 90_000; ; ) {
			const { reports } = await app.db
				.selectFrom('bounce_reports')
				.select(({ fn }) => fn.countAll<number>().as('reports'))
				.executeTakeFirstOrThrow()
			if (Number(reports) >= count) break
			if (Date.now() > giveUpAt) throw new Error(`${reports} of ${count} reports:\n${await postfix.log()}`)
			await new Promise((resolve) => setTimeout(resolve, 100))
		}
		await app.drain()
	}

	const suppressionOf = (name: string) => findSuppression(app.db, hashAddress(app.keys, addressOf(name)))
	const eventsOf = (name: string) =>
		app.db
			.selectFrom('bounce_events')
			.selectAll()
			.where('subscription_id', '=', subscriptions.get(name) ?? 0)
			.execute()

	it.each(names)('understands what becomes of %s', async (name) => {
		const { class: meant, hard = false, status } = refusals[name] ?? { class: '', status: '' }
		expect(await eventsOf(name)).toMatchObject([
			{
				via: 'inbound',
				kind: 'bounce',
				class: meant,
				hard,
				status,
				matched_by: 'return_path',
				digest_id: digestId,
				domain: 'readers.example',
				effect: hard ? 'suppressed' : 'none',
			},
		])
		expect((await suppressionOf(name))?.reason).toBe(hard ? 'dead_address' : undefined)
	})

	it('has the ledger say so: all were accepted by the relay, and all but one came back', async () => {
		expect(await digestProgress(app, digestId)).toMatchObject({
			planned: names.length + 1,
			accepted: 1,
			bounced: names.length,
			refused: 0,
			balanced: true,
		})
		expect(await eventsOf('well')).toEqual([])
		expect(remote.to(addressOf('well'))).toHaveLength(1)
		const alerts = await app.db.selectFrom('bounce_alerts').selectAll().execute()
		expect(alerts).toMatchObject([{ digest_id: digestId, events: 7 }])
	})

	it('gets its ENVID back in each report, for where the return path is lost', async () => {
		const reports = await app.db.selectFrom('bounce_reports').select('raw').execute()
		for (const name of names) {
			const subscriptionId = subscriptions.get(name) ?? 0
			const report = reports
				.map(({ raw }) => Buffer.from(raw).toString())
				.find((raw) => raw.includes(`${name}@`))
			expect(report, name).toContain(
				`Original-Envelope-Id: ${envelopeIdOf(app.keys, { digestId, subscriptionId })}`,
			)
			expect(report).toContain(`Original-Recipient: rfc822;${addressOf(name)}`)
		}
	})

	it('ignores every forged variant of a real report', async () => {
		const victim = { digestId, subscriptionId: subscriptions.get('well') ?? 0 }
		const foreign = deriveKeys('the secret key of another installation')
		const reports = await app.db.selectFrom('bounce_reports').select('raw').execute()
		const genuine =
			reports.map(({ raw }) => Buffer.from(raw).toString()).find((raw) => raw.includes('unknown@')) ?? ''
		expect(genuine).toContain('Final-Recipient')

		// a real report on a dead address, made to name the victim
		const dead = { digestId, subscriptionId: subscriptions.get('unknown') ?? 0 }
		const about = (tokens: { path: string; envelopeId: string; messageId: string; link: string }) =>
			genuine
				.replaceAll(addressOf('unknown'), addressOf('well'))
				.replaceAll(returnPathOf(app.keys, dead, domain), tokens.path)
				.replaceAll(envelopeIdOf(app.keys, dead), tokens.envelopeId)
				.replaceAll(messageIdOf(app.keys, dead, 'charity.example'), tokens.messageId)
				.replaceAll(unsubscribeUrl(app, dead), tokens.link)
				// what is left of tokens of ours: the address that one can leave by mail with
				.replace(/unsubscribe\+[0-9a-z.]+@/g, 'unsubscribe@')
		const swapped = (text: string) =>
			text.replace(
				/(?<=[1m]\.)\w+\.\w+(?=\.)/,
				`${digestId.toString(36)}.${victim.subscriptionId.toString(36)}`,
			)
		const none = {
			path: `bounces@${domain}`,
			envelopeId: '',
			messageId: '<x@y.example>',
			link: 'https://y.example/',
		}
		const variants = [
			none,
			{ ...none, path: returnPathOf(foreign, victim, domain) },
			{ ...none, path: swapped(returnPathOf(app.keys, dead, domain)) },
			{ ...none, path: `bounces+${victim.digestId}.${victim.subscriptionId}@${domain}` },
			{ ...none, envelopeId: envelopeIdOf(foreign, victim) },
			{ ...none, envelopeId: swapped(envelopeIdOf(app.keys, dead)) },
			{ ...none, messageId: messageIdOf(foreign, victim, 'charity.example') },
			{ ...none, messageId: swapped(messageIdOf(app.keys, dead, 'charity.example')) },
			{ ...none, link: unsubscribeUrl({ ...app, keys: foreign }, victim) },
		]
		const before = await app.db.selectFrom('bounce_events').select('id').execute()
		const door = returnPathOf(foreign, { digestId: 7, subscriptionId: 7 }, domain)
		const dialogue = await openDialogue(inbound.listener?.port ?? 0, network.here)
		const answers = await dialogue.bring({ from: '', to: door, raw: about(none) })
		expect(answers.at(-1)).toMatch(/^550/)
		dialogue.end()
		for (const variant of variants) {
			const raw = about(variant)
			expect(raw).not.toContain(envelopeIdOf(app.keys, dead))
			await replayReport(app, Buffer.from(raw), operator)
		}
		await app.drain()
		const events = await app.db.selectFrom('bounce_events').selectAll().orderBy('id').execute()
		const forged = events.slice(before.length)
		expect(forged).toHaveLength(variants.length)
		for (const event of forged) {
			expect(event).toMatchObject({ class: 'address', hard: true, matched_by: null, effect: 'none' })
		}
		expect(await suppressionOf('well')).toBeUndefined()
		expect(await digestProgress(app, digestId)).toMatchObject({ accepted: 1, bounced: names.length })
	})
})
