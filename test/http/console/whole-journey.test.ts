import { afterAll, beforeAll, expect, it } from 'vitest'
import { listAudit } from '../../../src/audit/index.ts'
import { reconcileDrafts } from '../../../src/digests/index.ts'
import { getNewsletter } from '../../../src/newsletters/index.ts'
import { signInAs } from '../../support/console-browser.ts'
import { makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp()
})
afterAll(() => app?.close())

it('The audit log has each step of a digest, from a newsletter that is made to the digest that went out', async () => {
	const owner = await signInAs(app, 'owner')
	const made = { name_en: 'Hands Across', fromAddress: 'news@handsacross.example', colour: '#0f5c5c' }
	const { headers } = await owner.post('/console/newsletter', made).expect(303)
	const base = headers.location?.match(/\/console\/newsletters\/[^/?#]+/)?.[0] ?? ''
	const { id } = await getNewsletter(app, { slug: base.split('/').at(-1) ?? '' })
	const settings = {
		name_en: 'Hands Across',
		postalAddress: '12 Harbour Street',
		contact: 'hello@handsacross.example',
	}
	await owner.post(`${base}/settings`, settings).expect(303)
	for (const title of ['A kitchen opens', 'A well is mended']) await makeStory(app, id, { title })
	await makeReader(app, id, { address: 'awa@post.example' })
	const draft = (await owner.post(`${base}/drafts`).expect(303)).headers.location ?? ''
	await owner.post(`${draft}/texts`, { introduction_en: 'Two stories.' }).expect(303)
	await owner.post(`${draft}/test`, { to: owner.email }).expect(303)
	const check = (await owner.get(`${draft}/check`).expect(200)).text
	for (const [, about = ''] of check.matchAll(/name="about" value="([^"]*)"/g))
		await owner.post(`${draft}/check/answers`, { about, anyway: 'yes' }).expect(303)
	const send = async () => {
		const page = (await owner.get(`${draft}/check`).expect(200)).text
		const version = /name="version" value="(\d+)"/.exec(page)?.[1] ?? ''
		await owner.post(`${draft}/send`, { readers: '1', version }).expect(303)
	}
	await send()
	await owner.post(`${draft}/undo-send`).expect(303)
	await send()
	// pressed twice, and the browser's back button: it is the same digest, and in the log once
	await owner.post(`${draft}/send`, { readers: '1' })
	app.clock.advance({ seconds: 31 })
	await reconcileDrafts(app)
	await app.drain()
	await owner.get(`${draft}/check`).expect(303)
	expect(await app.db.selectFrom('digests').select('state').execute()).toEqual([{ state: 'completed' }])
	const log = (await listAudit(app, { limit: 100 })).reverse()
	const of = (kind: string) =>
		log.filter(({ subject }) => subject.startsWith(`${kind}:`)).map(({ action }) => action)
	expect(of('newsletter')).toEqual(expect.arrayContaining(['create', 'change']))
	expect(of('draft')).toEqual(expect.arrayContaining(['prepare', 'change', 'undo-send']))
	expect(of('draft').filter((action) => action === 'send')).toHaveLength(2)
	expect(of('digest')).toEqual(['send'])
	expect(log.map(({ action }) => action)).toContain('test')
	const page = (await owner.get('/console/audit').expect(200)).text
	expect(page).toContain('Amina Diallo')
	expect(page).not.toContain('awa@post.example')
})
