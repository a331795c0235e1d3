import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SuppressionReason } from '../../src/kernel/enumerations.ts'
import { hashAddress, hashToken } from '../../src/kernel/keys.ts'
import { reconcileNotices, recordSignups, sendNotice } from '../../src/subscriptions/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { confirmPath, mailsTo, noticesTo, noticeTo, signUp, stateOf, subscribeFully } from './people.ts'

describe('the mail that answers a sign-up', () => {
	let app: TestApp

	beforeAll(async () => {
		app = await startTestApp()
		await makeNewsletter(app, { slug: 'news' })
		await makeNewsletter(app, { slug: 'other' })
	})
	afterAll(() => app.close())

	const suppressNow = (email: string, reason: SuppressionReason) =>
		suppress(app.db, {
			addressHash: hashAddress(app.keys, email),
			reason,
			evidence: null,
			at: app.clock.now(),
		})

	it('asks to confirm, in the reader’s language, in HTML and in text', async () => {
		await signUp(app, 'ada@example.org', { locale: 'fr' })
		await app.drain()
		const [mail] = await mailsTo(app, 'ada@example.org')
		expect(mail?.subject).toContain('Nouvelles du monde')
		for (const part of [mail?.text, mail?.html]) expect(part).toContain(`${app.url}/confirm/`)
		expect(mail?.html).toContain('lang="fr"')
		expect(await noticeTo(app, 'ada@example.org')).toMatchObject({ kind: 'confirm', state: 'accepted' })
	})

	it('is marked as made by a machine and offers no unsubscribing that would do nothing (U14)', async () => {
		await signUp(app, 'headers@example.org')
		await app.drain()
		const [mail] = await mailsTo(app, 'headers@example.org')
		const names = mail?.headers.map(({ name }) => name) ?? []
		expect(mail?.headers).toContainEqual({ name: 'auto-submitted', value: 'auto-generated' })
		expect(names.filter((name) => name.startsWith('list-'))).toEqual([])
		expect(names.filter((name) => name === 'precedence' || name === 'feedback-id')).toEqual([])
	})

	it('asks and does not advertise: no story, no picture but the logo (P5)', async () => {
		await signUp(app, 'quiet@example.org')
		await app.drain()
		const [mail] = await mailsTo(app, 'quiet@example.org')
		expect(mail?.html).not.toContain('<img')
		const links = new Set(mail?.text.match(/https?:\/\/[^\s<>]+/g))
		expect([...links].filter((link) => !link.startsWith(app.url))).toEqual([])
	})

	it('holds a link that is in neither the database nor the log; of it only the keyed hash is kept (T1)', async () => {
		await signUp(app, 'token@example.org')
		await app.drain()
		const token = (await confirmPath(app, 'token@example.org')).split('/').at(-1) ?? ''
		expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(32)
		await app.request.get(`/confirm/${token}`).expect(200)
		const stored = JSON.stringify([
			await app.db.selectFrom('confirmations').selectAll().execute(),
			await app.db.selectFrom('notices').selectAll().execute(),
		])
		expect(stored).not.toContain(token)
		expect(stored).toContain(hashToken(app.keys, token))
		const log = app.logged.join('\n')
		for (const secret of [token, 'token@example.org', 'token%40example.org'])
			expect(log).not.toContain(secret)
	})

	it('tells an active subscriber by mail only, with a link to leave', async () => {
		await subscribeFully(app, 'active@example.org')
		await signUp(app, 'active@example.org')
		await app.drain()
		const mails = await mailsTo(app, 'active@example.org')
		expect(mails).toHaveLength(2)
		expect(mails[1]?.text).toContain(`${app.url}/unsubscribe/`)
		expect(mails[1]?.text).not.toContain('/confirm/')
		expect(await noticeTo(app, 'active@example.org')).toMatchObject({ kind: 'already_active' })
	})

	it.each(['dead_address', 'mailbox_unusable'] as const)(
		'offers a way back to one suppressed for %s, which confirming opens (S12)',
		async (reason) => {
			const email = `${reason}@example.org`
			await suppressNow(email, reason)
			await signUp(app, email)
			await app.drain()
			expect(await noticeTo(app, email)).toMatchObject({ kind: 'suppressed', state: 'accepted' })
			await app.request.post(await confirmPath(app, email)).expect(200)
			expect(await stateOf(app, email)).toBe('active')
			await signUp(app, email)
			await app.drain()
			expect(await noticeTo(app, email)).toMatchObject({ kind: 'already_active' })
		},
	)

	it.each(['complaint', 'staff'] as const)('is withheld from one suppressed for %s', async (reason) => {
		const email = `${reason}@example.org`
		await suppressNow(email, reason)
		await signUp(app, email)
		await app.drain()
		expect(await mailsTo(app, email)).toEqual([])
		expect(await noticeTo(app, email)).toMatchObject({ state: 'withheld', kind: null, reply: reason })
	})

	it('comes at most three times in 24 hours, whatever the path and the newsletter (T3)', async () => {
		const email = 'bombed@example.org'
		await signUp(app, email)
		await signUp(app, email, { newsletter: 'other' })
		await app.drain()
		await app.request.post(`${await confirmPath(app, email)}/resend`).expect(200)
		await signUp(app, email)
		await app.request.post('/newsletters/other/subscriptions').type('form').send({ email }).expect(200)
		await app.drain()
		expect(await mailsTo(app, email)).toHaveLength(3)
		// of those that were due at the same moment, whichever came to its turn last
		const notices = await noticesTo(app, email)
		expect(notices.map(({ state }) => state)).toContain('withheld')

		app.clock.advance({ hours: 23 })
		await signUp(app, email)
		await app.drain()
		expect(await mailsTo(app, email)).toHaveLength(3)
		app.clock.advance({ hours: 1, seconds: 1 })
		await signUp(app, email)
		await app.drain()
		expect(await mailsTo(app, email)).toHaveLength(4)
	})

	it('is not sent twice where its job comes twice, even at the same moment', async () => {
		await signUp(app, 'twice@example.org')
		await app.drain()
		const { id } = await noticeTo(app, 'twice@example.org')
		await app.db.updateTable('notices').set({ state: 'due' }).where('id', '=', id).execute()
		await Promise.all([1, 2, 3].map(() => sendNotice(app, { noticeId: id })))
		expect(await mailsTo(app, 'twice@example.org')).toHaveLength(2)
	})
})

describe('sending it to a relay', () => {
	let sink: SmtpSink
	let app: TestApp

	beforeEach(async () => {
		sink = await startSmtpSink()
		app = await startTestApp({ workers: false, config: { smtpUrl: sink.url } })
		await makeNewsletter(app, { slug: 'news' })
	})
	afterEach(async () => {
		await app.close()
		await sink.close()
	})

	const send = async (email: string) => {
		const { id } = await noticeTo(app, email)
		await sendNotice(app, { noticeId: id })
		return noticeTo(app, email)
	}

	it('tries again later after a temporary refusal, with a new link and the same Message-ID (F1)', async () => {
		sink.script = (stage, { tries }) => (stage === 'rcpt' && tries === 1 ? '451 4.7.1 greylisted' : undefined)
		await signUp(app, 'grey@example.org')
		expect(await send('grey@example.org')).toMatchObject({ state: 'due', attempts: 1 })
		expect(await send('grey@example.org')).toMatchObject({ state: 'due', attempts: 1 })
		app.clock.advance({ seconds: 61 })
		expect(await send('grey@example.org')).toMatchObject({ state: 'accepted', attempts: 2 })
		expect(sink.messages).toHaveLength(1)

		// the same notice, repeated
		await app.db.updateTable('notices').set({ state: 'due' }).execute()
		await send('grey@example.org')
		const [first, second] = sink.messages.map(({ raw }) => /^message-id:.*$/im.exec(raw)?.[0])
		expect(first).toBe(second)
		expect(new Set(sink.messages.map(({ raw }) => /confirm\/[\w-]{20}/.exec(raw)?.[0])).size).toBe(2)
	})

	it('ends at a permanent refusal of the recipient, and suppresses nobody by itself', async () => {
		sink.script = (stage) => (stage === 'rcpt' ? '550 5.1.1 no such user' : undefined)
		await signUp(app, 'gone@example.org')
		expect(await send('gone@example.org')).toMatchObject({ state: 'refused' })
		expect(await app.db.selectFrom('suppressions').selectAll().execute()).toEqual([])
	})

	it('is not the person’s fault where the relay refuses us: it is tried again (S8)', async () => {
		sink.script = (stage) => (stage === 'mail' ? '550 5.7.1 this sender is not welcome here' : undefined)
		await signUp(app, 'unwelcome@example.org')
		expect(await send('unwelcome@example.org')).toMatchObject({ state: 'due', attempts: 1 })
	})

	it('puts a mail whose last reply was lost in doubt and does not repeat it', async () => {
		sink.script = (stage) => (stage === 'message' ? 'keep and drop' : undefined)
		await signUp(app, 'doubt@example.org')
		expect(await send('doubt@example.org')).toMatchObject({ state: 'in_doubt' })
		await send('doubt@example.org')
		expect(sink.messages).toHaveLength(1)
	})

	it('waits for a relay that is down, and gives up after about a day', async () => {
		await sink.close()
		await signUp(app, 'later@example.org')
		let notice = await send('later@example.org')
		expect(notice).toMatchObject({ state: 'due', attempts: 1 })
		for (let attempt = 2; notice.state === 'due'; attempt++) {
			app.clock.set(notice.due_at)
			notice = await send('later@example.org')
			expect(notice.attempts).toBe(attempt)
		}
		expect(notice).toMatchObject({ state: 'refused', attempts: 8 })
		sink = await startSmtpSink()
	})

	it('returns reports to the bounce domain by a signed address, where one is set (S5, S13)', async () => {
		const bounceDomain = 'bounces.example.org'
		await signUp(app, 'verp@example.org')
		const { id } = await noticeTo(app, 'verp@example.org')
		await sendNotice({ ...app, config: { ...app.config, bounceDomain } }, { noticeId: id })
		const from = sink.messages[0]?.from ?? ''
		expect(from).toMatch(/^bounces\+[a-z0-9.]+@bounces\.example\.org$/)
		expect(from.split('@')[0]?.length).toBeLessThanOrEqual(64)
	})

	it('is found again by the reconciler where the queue lost the job', async () => {
		await signUp(app, 'lost@example.org')
		await recordSignups(app)
		const enqueued: unknown[] = []
		const jobs = { enqueue: async (...job: unknown[]) => void enqueued.push(job) }
		await reconcileNotices({ ...app, jobs })
		const { id } = await noticeTo(app, 'lost@example.org')
		expect(enqueued).toEqual([['send-notice', { noticeId: id }, { dedupe: String(id) }]])
	})

	it('puts a notice in doubt whose worker was lost in the middle, after five minutes', async () => {
		await signUp(app, 'killed@example.org')
		await recordSignups(app)
		await app.db.updateTable('notices').set({ state: 'sending', started_at: app.clock.now() }).execute()
		await reconcileNotices(app)
		expect(await noticeTo(app, 'killed@example.org')).toMatchObject({ state: 'sending' })
		app.clock.advance({ seconds: 301 })
		await reconcileNotices(app)
		expect(await noticeTo(app, 'killed@example.org')).toMatchObject({ state: 'in_doubt' })
	})

	it('keeps its due notices where the mail can’t be composed, and says so in the log', async () => {
		await signUp(app, 'broken@example.org')
		const { id } = await noticeTo(app, 'broken@example.org')
		const renderMail = () => Promise.reject(new Error('a template that does not compile'))
		await sendNotice({ ...app, renderMail }, { noticeId: id })
		expect(await noticeTo(app, 'broken@example.org')).toMatchObject({ state: 'due', attempts: 1 })
		expect(app.logged.join('\n')).toContain('a template that does not compile')
	})
})
