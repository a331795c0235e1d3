import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
	type RaisedAlert,
	raiseMailboxAlert,
	raiseRelayAlert,
	upsertAlert,
} from '../../../src/alerts/index.ts'
import { openDraft, sendMissed } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { bounceClasses } from '../../../src/kernel/enumerations.ts'
import { accountCauses } from '../../../src/kernel/mail.ts'
import { ownReason } from '../../../src/kernel/own-reason.ts'
import type { Newsletter } from '../../../src/newsletters/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let owner: ConsoleBrowser
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
})
afterAll(() => app?.close())

const pathOf = ({ slug }: Newsletter, rest = '') => `/console/newsletters/${slug}/alerts${rest}`

async function makeDigest(newsletterId: number, state = 'completed'): Promise<number> {
	const { rows } = await sql<{ id: number }>`
		insert into digests (newsletter_id, public_id, state, trigger, completed_at)
		values (${newsletterId}, ${`d-${newsletterId}-${Math.random()}`}, ${state}, 'staff', now()) returning id`.execute(
		app.db,
	)
	return rows[0]?.id ?? 0
}

async function alertOn(digestId: number, changes: Partial<RaisedAlert> = {}): Promise<number> {
	const alert = {
		events: 43,
		planned: 4_000,
		classes: { content: 40, policy: 3 },
		domains: { 'gmail.example': 43 },
	}
	const { id } = await upsertAlert(app.db, {
		key: `digest/${digestId}`,
		digestId,
		at: app.clock.now(),
		...alert,
		...changes,
	})
	return id
}

async function refuse(digestId: number, diagnostic: string): Promise<void> {
	await app.db
		.insertInto('bounce_events')
		.values({
			...{
				external_id: `${digestId} ${diagnostic}`,
				via: 'smtp',
				kind: 'bounce',
				class: 'content',
				hard: false,
			},
			...{ status: '5.7.1', reply: '550', diagnostic, matched_by: 'return_path', digest_id: digestId },
			...{ occurred_at: app.clock.now(), recorded_at: app.clock.now() },
		})
		.execute()
}

const actsOn = async (subject: string) =>
	(await app.db.selectFrom('audit_entries').select('action').where('subject', '=', subject).execute()).map(
		({ action }) => action,
	)

describe('alerts', () => {
	it('say in plain words what is refused, by whom, and what to do; the server’s words only to who may read them', async () => {
		const newsletter = await makeNewsletter(app)
		const digestId = await makeDigest(newsletter.id, 'paused')
		await refuse(digestId, '550 5.7.1 <b>Spam</b> detected')
		await alertOn(digestId)
		const { text } = await owner.get(pathOf(newsletter)).expect(200)
		expect(text).toContain('43 of 4,000 mails of a digest were refused for a reason on our side')
		expect(text).toMatch(
			/Taken for junk mail: 40.*Filters take the mail for junk.*organisation’s rules refuse us: 3/s,
		)
		expect(text).toMatch(/gmail\.example<\/th><td>43/)
		expect(text).toContain('The digest is paused until somebody lets it go on.')
		expect(text).toContain('<code>550 5.7.1 &lt;b&gt;Spam&lt;/b&gt; detected</code>')
		const viewer = await signInAs(app, 'viewer')
		const asViewer = await viewer.get(pathOf(newsletter)).expect(200)
		expect(asViewer.text).toContain('43 of 4,000 mails')
		expect(asViewer.text).not.toContain('detected')
		expect(asViewer.text).not.toContain('/close"')
	})

	it('of another newsletter, and of the installation, are not for members of one', async () => {
		const [own, other] = [await makeNewsletter(app), await makeNewsletter(app)]
		const id = await alertOn(await makeDigest(other.id))
		await raiseRelayAlert(app, {
			...{ name: 'relay.example:587', cause: 'sign_in', refused: 3 },
			reason: ownReason('held_sign_in', '535 authentication failed'),
		})
		const member = await signInAs(app, 'owner', { newsletters: [own.slug] })
		const { text } = await member.get(pathOf(own)).expect(200)
		expect(text).toContain('Nothing waits for you')
		expect((await member.get(`/console/newsletters/${own.slug}`)).text).not.toContain('/alerts"')
		await member.get(pathOf(other)).expect(404)
		await member.post(pathOf(own, `/${id}/close`)).expect(403)
		await owner.post(pathOf(own, `/${id}/close`)).expect(404)
		const whole = await owner.get(pathOf(own)).expect(200)
		expect(whole.text).toContain('The relay relay.example:587 refuses our account')
		expect(whole.text).toContain(
			'our user or password is refused there (SMTP_URL): 535 authentication failed',
		)
		expect(whole.text).not.toContain('43 of 4,000')
	})

	it('end once somebody has seen to them, and stand among the past ones, in the audit too', async () => {
		const newsletter = await makeNewsletter(app)
		const id = await alertOn(await makeDigest(newsletter.id), { events: 7 })
		const home = `/console/newsletters/${newsletter.slug}`
		expect((await owner.get(home).expect(200)).text).toContain(`href="${home}/alerts"`)
		await owner
			.post(pathOf(newsletter, `/${id}/close`))
			.expect(303)
			.expect('location', /done=closed/)
		const { text } = await owner.get(pathOf(newsletter)).expect(200)
		expect(text).toMatch(/Past alerts.*7 of 4,000 mails/s)
		expect(text).not.toContain(`id="alert-${id}"`)
		await owner.post(pathOf(newsletter, `/${id}/close`)).expect(303)
		expect(await actsOn(`bounce-alert:${id}`)).toEqual(['close'])
	})

	it('of the past are paged, and a page that can’t be understood is refused', async () => {
		const newsletter = await makeNewsletter(app)
		const digestId = await makeDigest(newsletter.id)
		for (let index = 0; index < 22; index++) {
			const id = await alertOn(digestId, { key: `past ${digestId} ${index}`, events: 100 + index })
			await app.db
				.updateTable('bounce_alerts')
				.set({ closed_at: app.clock.now() })
				.where('id', '=', id)
				.execute()
		}
		const member = await signInAs(app, 'viewer', { newsletters: [newsletter.slug] })
		const first = await member.get(pathOf(newsletter)).expect(200)
		expect(first.text).toContain('121 of 4,000')
		expect(first.text).not.toContain('101 of 4,000')
		const [, earlier = ''] = /href="([^"]+\?before=\d+)"/.exec(first.text) ?? []
		const second = await member.get(earlier).expect(200)
		expect(second.text).toContain('101 of 4,000')
		expect(second.text).not.toContain('102 of 4,000')
		await member.get(pathOf(newsletter, '?before=x')).expect(422)
	})

	it('of a relay lead to trying it again; of a mailbox end by themselves', async () => {
		const newsletter = await makeNewsletter(app)
		await raiseRelayAlert(app, {
			...{ name: 'quota.example', cause: 'quota', refused: 3 },
			reason: ownReason('held_quota', '452 <too> many'),
		})
		const until = new Date(app.clock.now().getTime() + 3_600_000)
		await sql`
			insert into sending_pauses (scope, name, reason, until, held)
			values ('relay', 'quota.example', 'envoi: held_quota', ${until}, true)`.execute(app.db)
		await raiseMailboxAlert(app.db, { failures: 3, at: app.clock.now() })
		const { text } = await owner.get(pathOf(newsletter)).expect(200)
		expect(text).toMatch(/relay quota\.example refuses.*used up its quota.*The relay is left alone until/s)
		expect(text).toContain('452 &lt;too&gt; many')
		expect(text).toContain('The mailbox of returned mail can’t be read')
		await owner.post(pathOf(newsletter, '/resume'), { relay: 'quota.example' }).expect(303)
		expect(await actsOn('relay:quota.example')).toEqual(['resume'])
		expect((await owner.get(pathOf(newsletter))).text).not.toContain('Try the relay again now')
		expect((await owner.post(pathOf(newsletter, '/resume'))).status).toBe(422)
	})

	it('have words for whatever may be their cause', () => {
		const causes = [
			...accountCauses.map((cause) => `held_${cause}`),
			'mailbox',
			'content',
			'policy',
			'sender',
		]
		expect(causes.filter((cause) => !app.messages.has(`console.alerts.cure.${cause}`))).toEqual([])
		expect(bounceClasses.filter((each) => !app.messages.has(`console.returns.${each}.title`))).toEqual([])
	})
})

describe('a missed digest', () => {
	async function miss(newsletterId: number): Promise<number> {
		const occurrence = new Date(app.clock.now().getTime() - 7_200_000)
		const row = { newsletter_id: newsletterId, kind: 'each' as const, occurrence, found_at: app.clock.now() }
		const { id } = await app.db
			.insertInto('missed_digests')
			.values(row)
			.returning('id')
			.executeTakeFirstOrThrow()
		return id
	}

	it('is sent after all, with the number of readers on the button', async () => {
		const newsletter = await makeNewsletter(app)
		await makeReader(app, newsletter.id, { address: 'missed@x.example' })
		await makeStory(app, newsletter.id)
		const id = await miss(newsletter.id)
		const home = await owner.get(`/console/newsletters/${newsletter.slug}`).expect(200)
		expect(home.text).toContain(`href="${pathOf(newsletter)}#missed"`)
		const page = await owner.get(pathOf(newsletter)).expect(200)
		expect(page.text).toMatch(/The digest of .* was missed.*one story, for 1 reader.*Send to one reader/s)
		const sent = await owner.post(pathOf(newsletter, `/missed/${id}/send`)).expect(303)
		expect(sent.headers.location).toMatch(/^\/console\/digests\/\d+$/)
		await owner.post(pathOf(newsletter, `/missed/${id}/send`)).expect(404)
	})

	it('is the draft that somebody prepares, where there is one', async () => {
		const newsletter = await makeNewsletter(app)
		await makeReader(app, newsletter.id, { address: 'prepared@x.example' })
		await makeStory(app, newsletter.id)
		const draft = await openDraft(app, newsletter.id, { actor: operator })
		const id = await miss(newsletter.id)
		await owner
			.post(pathOf(newsletter, `/missed/${id}/send`))
			.expect(303)
			.expect('location', `/console/drafts/${draft.id}/check`)
		await expect(sendMissed(app, id, operator)).rejects.toMatchObject({ code: 'conflict' })
		const digests = app.db.selectFrom('digests').select('id').where('newsletter_id', '=', newsletter.id)
		expect(await digests.execute()).toEqual([])
	})

	it('is let go, and decided by who may send only, of their newsletter only', async () => {
		const [newsletter, other] = [await makeNewsletter(app), await makeNewsletter(app)]
		const id = await miss(newsletter.id)
		const editor = await signInAs(app, 'editor')
		const seen = await editor.get(pathOf(newsletter)).expect(200)
		expect(seen.text).toContain('Somebody who may send digests decides.')
		await owner.post(pathOf(other, `/missed/${id}/drop`)).expect(404)
		await owner
			.post(pathOf(newsletter, `/missed/${id}/drop`))
			.expect(303)
			.expect('location', /done=dropped/)
		expect(await actsOn(`missed-digest:${id}`)).toEqual(['drop'])
		expect((await owner.get(pathOf(newsletter))).text).not.toContain('was missed')
	})

	it('that lacks what the law wants comes back with the reason, and waits on', async () => {
		const newsletter = await makeNewsletter(app, { postalAddress: '' })
		await makeReader(app, newsletter.id, { address: 'law@x.example' })
		await makeStory(app, newsletter.id)
		const id = await miss(newsletter.id)
		const refused = await owner.post(pathOf(newsletter, `/missed/${id}/send`))
		expect(refused.status).toBe(409)
		expect(refused.text).toContain('was missed')
		expect(await actsOn(`missed-digest:${id}`)).toEqual([])
	})
})
