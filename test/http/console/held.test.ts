import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { openDraft, startDraft, triggerDigest } from '../../../src/digests/index.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { holdSending } from '../../support/hold-sending.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

// what the console says while no mail leaves a database that was restored or copied

let app: TestApp
let owner: ConsoleBrowser
let newsletterId: number
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	owner = await signInAs(app, 'owner')
	newsletterId = (await makeNewsletter(app)).id
	await makeReader(app, newsletterId, { address: 'awa@example.net' })
})
beforeEach(async () => {
	await app.installation.release(operator)
	await makeStory(app, newsletterId)
})
afterAll(() => app?.close())

it('A draft whose countdown ran out does not count down, but says what it waits for, and can be taken back', async () => {
	const { id } = await openDraft(app, newsletterId, { actor: operator })
	await startDraft(app, id, { actor: operator })
	expect((await owner.get(`/console/drafts/${id}/check`)).text).toContain('countdown.js')
	app.clock.advance({ seconds: 31 })
	await holdSending(app)
	const page = (await owner.get(`/console/drafts/${id}/check`).expect(200)).text
	expect(page).toContain('It does not go out by itself: its time came while sending is held.')
	expect(page).not.toMatch(/countdown\.js|data-countdown/)
	await owner.post(`/console/drafts/${id}/undo-send`).expect(303)
	expect((await owner.get(`/console/drafts/${id}/check`)).text).not.toContain('It does not go out by itself')
})

it('A digest does not promise its first mail in a moment', async () => {
	const made = await triggerDigest(app, newsletterId, { by: operator })
	if (made.kind === 'nothing_new') throw new Error('no digest')
	await holdSending(app)
	app.clock.advance({ hours: 1 })
	const path = `/console/digests/${made.digest.id}`
	const page = (await owner.get(path).expect(200)).text
	expect(page).toContain('It waits, and goes out by itself once sending is no longer held.')
	expect(page).not.toContain('The first mail leaves in a moment.')
	expect(page).not.toContain('min left')
	await owner.post(`${path}/pause`).expect(303)
	expect((await owner.get(path)).text).toContain('It stays paused')
	await owner.post(`${path}/cancel`).expect(303)
})

it('What other programs are to be told is said to wait', async () => {
	await holdSending(app)
	const url = 'https://93.184.216.34/hook'
	await owner.post('/console/webhooks', { url, events: 'subscriber.left' }).expect(200)
	const { id } = await app.db.selectFrom('webhook_endpoints').select('id').executeTakeFirstOrThrow()
	const page = (await owner.get(`/console/webhooks/${id}`).expect(200)).text
	expect(page).toContain('No other program is told of anything while sending is held')
})
