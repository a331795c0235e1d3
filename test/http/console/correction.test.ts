import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelSending, planDigest, RelayPool, sendDigest } from '../../../src/deliveries/index.ts'
import {
	digestProgress,
	getDigest,
	openCorrection,
	openLetter,
	pruneDrafts,
	runStart,
	triggerDigest,
} from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import type { Mailer } from '../../../src/kernel/mail.ts'
import { suppressByStaff } from '../../../src/suppressions/index.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeChoices } from '../../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

describe('after a digest was stopped', () => {
	let app: TestApp
	let editor: ConsoleBrowser
	let approver: ConsoleBrowser
	let newsletterId: number
	const ids = new Map<string, number>()
	beforeAll(async () => {
		app = await startTestApp({ workers: false })
		editor = await signInAs(app, 'editor')
		approver = await signInAs(app, 'approver')
		newsletterId = (
			await makeNewsletter(app, {
				roundUp: { cron: '0 8 1 * *', timeZone: 'UTC', storyLimit: 4 },
			})
		).id
		for (const name of ['a', 'b', 'c', 'doubt', 'no', 'left', 'dead', 'waits', 'late']) {
			ids.set(name, await makeReader(app, newsletterId, { address: `${name}@example.net` }))
		}
		ids.set('fr', await makeReader(app, newsletterId, { address: 'fr@example.net', locale: 'fr' }))
	})
	afterAll(() => app?.close())

	const idOf = (name: string) => ids.get(name) ?? 0
	const sent: string[] = []
	const mailer: Mailer = {
		connections: 1,
		send: async ({ envelope: { to } }) => {
			sent.push(to)
			if (to.startsWith('no')) {
				return { kind: 'refused', permanence: 'permanent', scope: 'recipient', reply: '550 no' }
			}
			if (to.startsWith('doubt')) return { kind: 'in_doubt', reason: 'the line broke' }
			return { kind: 'accepted', reply: '250 ok' }
		},
		verify: async () => {},
		close: async () => {},
	}
	const send = (digestId: number) =>
		sendDigest(
			{ ...app, relays: new RelayPool({ mailer, log: app.log, db: app.db }, {}) },
			{ digestId, lane: 0 },
		)

	/** All but `waits` and `late` are reached before it is stopped. */
	async function stopped(): Promise<number> {
		await makeStory(app, newsletterId, { title: 'A [wrong] *title*' })
		await makeStory(app, newsletterId, { title: 'Un titre faux', locale: 'fr' })
		const made = await triggerDigest(app, newsletterId, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		await planDigest(app, made.digest.id)
		await app.db
			.updateTable('deliveries')
			.set({ due_at: new Date(Date.now() + 3_600_000) })
			.where('subscription_id', 'in', [idOf('waits'), idOf('late')])
			.execute()
		await send(made.digest.id)
		await cancelSending(app, made.digest.id, operator)
		return made.digest.id
	}

	it('a correction goes to exactly those who have it and may be mailed', async () => {
		const id = await stopped()
		expect(await digestProgress(app, id)).toMatchObject({ accepted: 6, refused: 1, inDoubt: 1, due: 0 })
		const report = await editor.get(`/console/digests/${id}`).expect(200)
		expect(report.text).toContain('6 readers have it')
		expect(report.text).toContain('One more may have it: the line broke before the answer.')
		expect(report.text).toContain('Write a correction to 7 readers')

		const begun = await editor.post(`/console/digests/${id}/correction`).expect(303)
		const path = begun.headers.location ?? ''
		await editor.post(`/console/digests/${id}/correction`).expect(303).expect('location', path)
		const prepare = await editor.get(path).expect(200)
		expect(prepare.text).toContain('Correction: ')
		expect(prepare.text).toContain('Rectificatif\u00a0: ')
		expect(prepare.text).toContain('A \\[wrong\\] \\*title\\*')
		expect((await editor.get(`${path}/check`)).text).toContain('The correction is not written yet in English')

		// who has left meanwhile stays out; a new reader has nothing to correct
		await app.db
			.updateTable('subscriptions')
			.set({ state: 'unsubscribed' })
			.where('id', '=', idOf('left'))
			.execute()
		await suppressByStaff(app, { address: 'dead@example.net', note: '' }, operator)
		// who wants fewer mails from now on has the mistake all the same
		await makeChoices(app, idOf('b'), { rhythm: 'round_up' })
		await makeReader(app, newsletterId, { address: 'new@example.net' })
		const base = /name="base" value="(\d+)"/.exec(prepare.text)?.[1] ?? ''
		await editor
			.post(`${path}/texts`, {
				base,
				introduction_en: 'The well is 12 m deep, not 120.',
				introduction_fr: 'Le puits a 12 m, pas 120.',
			})
			.expect(303)
		const check = await approver.get(`${path}/check`).expect(200)
		expect(check.text).toContain('Have it, or may have it')
		expect(check.text).toContain('Send to 5 readers')
		for (const [, about = ''] of check.text.matchAll(/name="about" value="([^"]*)"/g)) {
			await approver.post(`${path}/check/answers`, { about, anyway: 'yes' }).expect(303)
		}
		await approver.post(`${path}/send`, { readers: '5' }).expect(303)
		app.clock.advance({ seconds: 31 })
		await runStart(app, Number(path.split('/').at(-1)))
		const shown = await approver.get(path).expect(303)
		const digestId = Number(shown.headers.location?.split('/').at(-1))
		expect((await getDigest(app, digestId)).corrects).toBe(id)
		await planDigest(app, digestId)
		const { audience } = await getDigest(app, digestId)
		expect(audience).toEqual({ candidates: 7, planned: 5, excluded: { unsubscribed: 1, suppressed: 1 } })
		sent.length = 0
		await send(digestId)
		expect(sent.map((to) => to.split('@')[0]).sort()).toEqual(['a', 'b', 'c', 'doubt', 'fr'])
		expect((await approver.get(`/console/digests/${digestId}`)).text).toContain('Correction of')

		// a correction that was wrong, too
		await app.db.updateTable('digests').set({ state: 'cancelled' }).where('id', '=', digestId).execute()
		const again = await editor.post(`/console/digests/${digestId}/correction`).expect(303)
		const second = (await editor.get(String(again.headers.location)).expect(200)).text
		expect(second).toContain('value="Correction: World News')
		expect(second).not.toMatch(/Correction: Correction:|Rectificatif\s: Rectificatif/)
		await editor.post(`${again.headers.location}/drop`).expect(303)
	})

	it('one that is written for longer than versions are kept is still known from what it began with', async () => {
		const id = await stopped()
		const { headers } = await editor.post(`/console/digests/${id}/correction`).expect(303)
		const path = headers.location ?? ''
		app.clock.advance({ days: 1 })
		await editor.post(`${path}/texts`, { introduction_en: 'Not 12 m.', introduction_fr: 'Pas 12 m.' })
		app.clock.advance({ days: 40 })
		await pruneDrafts(app)
		editor = await signInAs(app, 'editor')
		approver = await signInAs(app, 'approver')
		expect((await editor.get(`${path}/check`).expect(200)).text).not.toContain('is not written yet')
		await editor.post(`${path}/drop`).expect(303)
	})

	it('only what was cancelled is corrected, beside any letter', async () => {
		await makeStory(app, newsletterId)
		const made = await triggerDigest(app, newsletterId, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		const texts = { subject: {}, introduction: {} }
		await expect(openCorrection(app, made.digest.id, { texts, actor: operator })).rejects.toThrow()
		const id = await stopped()
		const letter = await openLetter(app, newsletterId, operator)
		const correction = await openCorrection(app, id, { texts, actor: operator })
		expect(correction.id).not.toBe(letter.id)
		expect((await openLetter(app, newsletterId, operator)).id).toBe(letter.id)
	})
})
