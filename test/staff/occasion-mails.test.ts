import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { closeAlert, raiseRelayAlert, upsertAlert } from '../../src/alerts/index.ts'
import { planDigest } from '../../src/deliveries/index.ts'
import {
	dropDraft,
	findCurrentDraft,
	holdDraft,
	pauseDigest,
	resumeDigest,
	runSchedule,
	runStart,
	syncSchedules,
	triggerDigest,
} from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { SendOutcome } from '../../src/kernel/mail.ts'
import type { OccasionKind } from '../../src/kernel/occasions.ts'
import { changeNewsletter, type Newsletter } from '../../src/newsletters/index.ts'
import { listMembers, lookForOccasions, removeMember, sendOccasionMail } from '../../src/staff/index.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { type ConsoleBrowser, signInAs } from '../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
let owner: ConsoleBrowser & { email: string }
afterAll(() => app?.close())

beforeEach(async () => {
	await app?.close()
	app = await startTestApp({ workers: false })
	app.clock.set(new Date('2026-03-12T11:00:00Z'))
	newsletter = await makeNewsletter(app, {
		schedule: { cron: '0 7 * * 4', timeZone: 'America/Toronto', draftFirst: { sendAt: '09:00' } },
	})
	owner = await signInAs(app, 'owner')
})

/** Looks for what there is to tell, and gives the mails that are due. */
async function look(): Promise<number[]> {
	const due = new Set<number>()
	const jobs = {
		enqueue: async (name: string, payload: object) => {
			if (name === 'send-occasion-mail' && 'mailId' in payload) due.add(Number(payload.mailId))
		},
	}
	await lookForOccasions({ ...app, jobs: jobs as never })
	return [...due]
}

/** Tells all there is to tell. */
async function tell(): Promise<void> {
	for (const mailId of await look()) await sendOccasionMail(app, { mailId })
}

type Mail = { to: string; subject: string; text: string; html: string }

/** The mails to staff so far, the oldest first. */
async function mails(): Promise<Mail[]> {
	const kept = (app.captured?.list() ?? []).toReversed()
	return Promise.all(
		kept.map(async ({ envelope, parse }) => {
			const { subject, text, html } = await parse()
			return { to: String(envelope.to), subject, text: text.replace(/[\u00a0\u202f]/g, ' '), html }
		}),
	)
}
const subjects = async () => (await mails()).map(({ subject }) => subject.replace(/[\u00a0\u202f]/g, ' '))

async function makeDraft(): Promise<number> {
	await makeStory(app, newsletter.id)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	app.clock.set(new Date('2026-03-10T11:00:00Z'))
	await syncSchedules(app)
	app.clock.set(new Date('2026-03-12T11:00:00Z'))
	await runSchedule(app, newsletter.id)
	return (await findCurrentDraft(app.db, { newsletterId: newsletter.id, kind: 'each' }))?.id ?? 0
}

async function makeDigest(): Promise<number> {
	await makeStory(app, newsletter.id)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	const made = await triggerDigest(app, newsletter.id, { by: operator })
	if (made.kind !== 'created') throw new Error(made.kind)
	await planDigest(app, made.digest.id)
	return made.digest.id
}

async function makeSource(problem: { since: Date; state?: 'active' | 'gone' | 'paused' }): Promise<number> {
	const { id } = await app.db
		.insertInto('sources')
		.values({
			newsletter_id: newsletter.id,
			url: 'https://charity.example/feed.xml',
			locale: 'en',
			topics: [],
			state: problem.state ?? 'active',
			etag: null,
			last_modified: null,
			moved_to: null,
			next_poll_at: app.clock.now(),
			last_polled_at: app.clock.now(),
			first_read_at: null,
			problem: 'unreachable' as never,
			problem_detail: null,
			failing_since: problem.since,
			unread_date: null,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

const choose = (browser: ConsoleBrowser, kinds: OccasionKind[]) =>
	browser.post('/console/account/mails', { mails: kinds }).expect(303)

describe('a draft of the schedule', () => {
	it('is told of once, with when it goes out and where it is held, in the person’s language', async () => {
		const editor = await signInAs(app, 'editor')
		await editor.post('/console/account/language', { locale: 'fr' }).expect(303)
		const viewer = await signInAs(app, 'viewer')
		const id = await makeDraft()
		await Promise.all([tell(), tell()])
		await tell()
		const sent = await mails()
		expect(sent.map(({ to }) => to).toSorted()).toEqual([editor.email, owner.email].toSorted())
		expect(sent.some(({ to }) => to === viewer.email)).toBe(false)
		const own = sent.find(({ to }) => to === owner.email)
		expect(own?.subject).toContain('a draft goes out at 09:00')
		expect(own?.text).toContain(
			'With one story it goes out Thursday 12 March, 09:00 (Eastern Time), unless somebody holds it.',
		)
		for (const part of [own?.text, own?.html]) {
			expect(part).toContain(`${app.url}/console/drafts/${id}/hold`)
			expect(part).toContain(`${app.url}/console/account`)
		}
		expect(sent.find(({ to }) => to === editor.email)?.text).toContain('Un brouillon est prêt')
		// its link leads to a page with a button, and changes nothing by itself
		await owner.get(`/console/drafts/${id}/hold`).expect(200)
		expect((await findCurrentDraft(app.db, { newsletterId: newsletter.id, kind: 'each' }))?.heldAt).toBeNull()
	})

	it('is told of again where it then does not go out, and not where it was thrown away before', async () => {
		const id = await makeDraft()
		await tell()
		await changeNewsletter(app, newsletter.slug, { contact: null }, operator)
		app.clock.set(new Date('2026-03-12T13:00:00Z'))
		await runStart(app, id)
		const due = await look()
		expect(due).toHaveLength(1)
		await tell()
		expect(await subjects()).toEqual([
			expect.stringContaining('a draft goes out at 09:00'),
			expect.stringContaining('a draft did not go out'),
		])
		expect((await mails())[1]?.text).toContain('Something stops it')

		app.clock.set(new Date('2026-03-19T11:00:00Z'))
		await runSchedule(app, newsletter.id)
		const again = await look()
		await dropDraft(app, id, operator)
		for (const mailId of again) await sendOccasionMail(app, { mailId })
		await tell()
		expect(await mails()).toHaveLength(2)
	})

	it('that a person holds is no news, but the next that is held for it', async () => {
		const id = await makeDraft()
		await tell()
		await holdDraft(app, id, operator)
		await tell()
		expect(await mails()).toHaveLength(1)
		app.clock.set(new Date('2026-03-19T11:00:00Z'))
		await runSchedule(app, newsletter.id)
		await tell()
		expect((await subjects())[1]).toContain('the draft is still held')
	})
})

describe('a source', () => {
	it('is told of after a day, and not where it works again meanwhile', async () => {
		const id = await makeSource({ since: new Date('2026-03-11T11:00:01Z') })
		await tell()
		expect(await mails()).toEqual([])
		app.clock.advance({ seconds: 2 })
		const due = await look()
		expect(due).toHaveLength(1)
		await app.db
			.updateTable('sources')
			.set({ failing_since: null, problem: null })
			.where('id', '=', id)
			.execute()
		for (const mailId of due) await sendOccasionMail(app, { mailId })
		expect(await mails()).toEqual([])
		// broken anew it is another occasion
		await app.db
			.updateTable('sources')
			.set({ failing_since: new Date('2026-03-12T12:00:00Z') })
			.where('id', '=', id)
			.execute()
		app.clock.set(new Date('2026-03-13T12:00:00Z'))
		await tell()
		expect((await mails())[0]?.text).toContain('has given no stories since Thursday 12 March, 08:00')
		app.clock.advance({ days: 1 })
		await tell()
		expect(await mails()).toHaveLength(1)
	})

	it('that is gone is told of at once; one that staff paused is not', async () => {
		await makeSource({ since: app.clock.now(), state: 'gone' })
		await tell()
		expect((await mails())[0]?.text).toContain('gone for good')
		await app.db
			.updateTable('sources')
			.set({ state: 'paused', failing_since: new Date(0) })
			.execute()
		await tell()
		expect(await mails()).toHaveLength(1)
	})
})

describe('a digest', () => {
	it('that stalls, and one that was paused by itself, are told of while they are so', async () => {
		const id = await makeDigest()
		const stalled = (since: Date | null) =>
			app.db.updateTable('digests').set({ stalled_since: since }).where('id', '=', id).execute()
		await stalled(app.clock.now())
		await tell()
		expect((await subjects())[0]).toContain('a digest makes no progress')
		await stalled(null)
		await tell()

		const alert = { digestId: id, events: 8, planned: 10, classes: {}, domains: {} }
		const raised = await upsertAlert(app.db, { key: `digest/${id}`, ...alert, at: app.clock.now() })
		await app.db.updateTable('bounce_alerts').set({ held_at: app.clock.now() }).execute()
		await pauseDigest(app, id, undefined)
		await tell()
		expect(await mails()).toHaveLength(1)
		app.clock.advance({ seconds: 2 * 60 })
		const due = await look()
		expect(due).toHaveLength(1)
		await tell()
		expect((await subjects())[1]).toContain('a digest was paused by itself')
		expect(raised.isNew).toBe(true)
		await resumeDigest(app, id, operator)
		await tell()
		// that mail comes back is another matter, once it goes on
		expect(await subjects()).toHaveLength(3)
	})

	it('that has gone out is told of with its sums, once', async () => {
		const id = await makeDigest()
		await app.db.updateTable('renditions').set({ subject: '<script>alert(1)</script>' }).execute()
		await sql`update deliveries set state = 'accepted' where digest_id = ${id}`.execute(app.db)
		const done = { state: 'completed' as const, completed_at: app.clock.now() }
		await app.db.updateTable('digests').set(done).where('id', '=', id).execute()
		await tell()
		await tell()
		const [mail, ...others] = await mails()
		expect(others).toEqual([])
		expect(mail?.text).toContain('1 of 1 mails were accepted, 0 refused or returned, 0 in doubt.')
		expect(mail?.html).toContain('&lt;script&gt;alert(1)')
		expect(mail?.html).not.toContain('<script')
		// nobody's address is in it
		expect(`${mail?.text}${mail?.html}`).not.toContain('awa@example.net')
	})
})

it('An alert of the whole installation is for who may see all newsletters; one that was closed is for nobody', async () => {
	const approver = await signInAs(app, 'approver', { newsletters: [newsletter.slug] })
	await raiseRelayAlert(app, { name: 'smtp.example', cause: 'auth', reason: '535 no', refused: 3 })
	app.clock.advance({ seconds: 2 * 60 })
	const due = await look()
	expect(due).toHaveLength(1)
	await tell()
	const sent = await mails()
	expect(sent.map(({ to }) => to)).toEqual([owner.email])
	expect(sent[0]?.text).toContain('The relay smtp.example refuses our account')
	expect(sent.some(({ to }) => to === approver.email)).toBe(false)

	await raiseRelayAlert(app, { name: 'other.example', cause: 'auth', reason: '535 no', refused: 3 })
	app.clock.advance({ seconds: 2 * 60 })
	const later = await look()
	const { id } = await app.db
		.selectFrom('bounce_alerts')
		.select('id')
		.orderBy('id', 'desc')
		.executeTakeFirstOrThrow()
	await closeAlert(app, id, operator)
	for (const mailId of later) await sendOccasionMail(app, { mailId })
	expect(await mails()).toHaveLength(1)
})

it('Thousands of sign-ups on a day are told of, once a day, where that is not usual', async () => {
	const day = (date: string, count: number) =>
		sql`insert into subscriber_days (newsletter_id, day, kind, locale, source, count)
			values (${newsletter.id}, ${date}, 'joined', 'en', 'page', ${count})`.execute(app.db)
	await day('2026-03-10', 280)
	await day('2026-03-12', 999)
	await tell()
	expect(await mails()).toEqual([])
	await sql`update subscriber_days set count = 2300 where day = '2026-03-12'`.execute(app.db)
	await tell()
	await tell()
	expect((await mails()).map(({ text }) => text)).toEqual([
		expect.stringMatching(/2,300 people have signed up.*Usually there are 10 a day/s),
	])
})

describe('a member', () => {
	it('gets what they chose, of what their role is offered', async () => {
		const page = await owner.get('/console/account')
		for (const kind of ['draft_ready', 'signups']) expect(page.text).toContain(`id="mail-${kind}" checked`)
		await choose(owner, ['signups'])
		const after = await owner.get('/console/account?saved=mails')
		expect(after.text).toContain('id="mail-signups" checked')
		expect(after.text).not.toContain('id="mail-draft_ready" checked')
		await makeDraft()
		await tell()
		expect(await mails()).toEqual([])
		// what was found before is not told to those who choose otherwise later
		await choose(owner, ['draft_ready'])
		await tell()
		expect(await mails()).toEqual([])

		const viewer = await signInAs(app, 'viewer')
		const seen = (await viewer.get('/console/account')).text
		expect(seen).toContain('id="mail-digest_finished"')
		expect(seen).not.toContain('id="mail-draft_ready"')
		await choose(viewer, ['draft_ready', 'digest_finished'])
		expect((await viewer.get('/console/account')).text).not.toContain('id="mail-draft_ready"')
	})

	it('who was removed, or sees other newsletters only, gets nothing, though it was due', async () => {
		const other = await makeNewsletter(app)
		await signInAs(app, 'editor', { newsletters: [other.slug] })
		const gone = await signInAs(app, 'editor')
		await makeDraft()
		const due = await look()
		expect(due).toHaveLength(2)
		const member = (await listMembers(app)).find(({ email }) => email === gone.email)
		await removeMember(app, member?.id ?? 0, operator)
		for (const mailId of due) await sendOccasionMail(app, { mailId })
		expect((await mails()).map(({ to }) => to)).toEqual([owner.email])
	})
})

it('The workers find what there is to tell, and mail it', async () => {
	const draftId = await makeDraft()
	const workers = startWorkers(app)
	await app.jobs.enqueue('look-for-occasions', {})
	await app.drain()
	workers.stop()
	const sent = await mails()
	expect(sent.filter(({ text }) => text.includes(`/console/drafts/${draftId}/hold`))).toHaveLength(1)
})

describe('a mail', () => {
	it('that was not handed over goes out at the next try, and one at whose end Envoi crashed again under its Message-ID', async () => {
		await makeDraft()
		const [mailId = 0] = await look()
		const ids: string[] = []
		const outcomes: Array<() => SendOutcome> = [
			() => {
				throw new Error('no key to sign with')
			},
			() => ({ kind: 'not_sent', reason: 'no relay' }),
		]
		for (const outcome of outcomes) {
			const mailer = { send: async () => outcome() }
			await expect(sendOccasionMail({ ...app, mailer }, { mailId })).rejects.toThrow()
		}
		// the process dies while the relay has it
		const dies = {
			send: async ({ raw }: { raw: string | Uint8Array }) => {
				ids.push(/^Message-ID: (\S+)/im.exec(String(raw))?.[1] ?? '')
				return new Promise<never>(() => {})
			},
		}
		void sendOccasionMail({ ...app, mailer: dies as never }, { mailId })
		await expect.poll(() => ids.length).toBe(1)
		await sendOccasionMail(app, { mailId })
		expect([await look(), await mails()]).toEqual([[], []])
		app.clock.advance({ seconds: 11 * 60 })
		expect(await look()).toEqual([mailId])
		await Promise.all([sendOccasionMail(app, { mailId }), sendOccasionMail(app, { mailId })])
		await sendOccasionMail(app, { mailId })
		const kept = app.captured?.list() ?? []
		expect(kept).toHaveLength(1)
		expect(kept[0]?.raw).toContain(ids[0])
	})

	it('that could not be sent for days is no news', async () => {
		await makeSource({ since: new Date('2026-03-01T00:00:00Z') })
		const [mailId = 0] = await look()
		app.clock.advance({ days: 3 })
		await sendOccasionMail(app, { mailId })
		expect([await mails(), await look()]).toEqual([[], []])
	})
})
