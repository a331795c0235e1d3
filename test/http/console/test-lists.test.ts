import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeReader, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let editor: ConsoleBrowser
let slug: string
let path: string
let draft: string
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	editor = await signInAs(app, 'editor')
	const newsletter = await makeNewsletter(app)
	slug = newsletter.slug
	path = `/console/newsletters/${slug}/test-lists`
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await makeStory(app, newsletter.id)
	draft = (await editor.post(`/console/newsletters/${slug}/drafts`).expect(303)).headers.location ?? ''
})
afterAll(() => app?.close())

it('A list is kept, sent a test to, changed and removed; its addresses stand in no log and no audit', async () => {
	const addresses = 'awa.secret@charity.example\nluc.secret@charity.example, awa.secret@charity.example'
	await editor.post(path, { name: 'Team', addresses }).expect(303)
	const kept = await editor.get(path).expect(200)
	const id = /test-lists\/(\d+)"/.exec(kept.text)?.[1] ?? ''
	const preview = await editor.get(`${draft}/preview`).expect(200)
	expect(preview.text).toContain('Team (2 addresses)')
	const sent = await editor
		.post(`${draft}/test?language=en`, { to: 'me@charity.example', list: id })
		.expect(303)
	expect(sent.headers.location).toContain('tested=accepted')
	const mails = app.captured?.list() ?? []
	expect(mails.map(({ envelope }) => envelope.to).sort()).toEqual([
		'awa.secret@charity.example',
		'luc.secret@charity.example',
	])
	expect(mails[0]?.raw).not.toMatch(/unsubscribe\/[\w-]{20}/)

	await editor
		.post(`${path}/${id}`, { name: 'The team', addresses: 'awa.secret@charity.example' })
		.expect(303)
	expect((await editor.get(`${draft}/preview`)).text).toContain('The team (one address)')
	await editor.post(`${path}/${id}/remove`).expect(303)
	expect((await editor.get(`${draft}/preview`)).text).not.toContain('The team')
	await editor.post(`${draft}/test?language=en`, { list: id }).expect(404)
	const audit = await app.db.selectFrom('audit_entries').selectAll().execute()
	expect(audit.map(({ detail }) => detail)).toContain('test list Team')
	expect(`${app.logged.join('\n')} ${JSON.stringify(audit)}`).not.toContain('.secret@')
})

it('A list that is called by an address is not named in the audit', async () => {
	await editor.post(path, { name: 'for ama.secret@x.example', addresses: 'a@x.example' }).expect(303)
	const id = /test-lists\/(\d+)"/.exec((await editor.get(path)).text)?.[1] ?? ''
	await editor.post(`${path}/${id}/remove`).expect(303)
	const audit = await app.db.selectFrom('audit_entries').selectAll().execute()
	expect(JSON.stringify(audit)).not.toContain('.secret@')
	const owner = await signInAs(app, 'owner')
	await app.db.updateTable('staff_members').set({ locale: 'fr' }).where('email', '=', owner.email).execute()
	const { text } = await owner.get('/console/audit').expect(200)
	expect(text).toContain('liste d’essai «\u00a0Team\u00a0»')
	expect(text).toContain('>liste d’essai<')
	expect(text).not.toContain('test list')
})

it('What is no list comes back as it was typed, with what is wrong', async () => {
	const many = Array.from({ length: 21 }, (_, index) => `a${index}@x.example`).join('\n')
	for (const [fields, words] of [
		[{ name: 'A', addresses: '' }, 'Give one address at least.'],
		[
			{ name: 'A', addresses: 'a@x.example, <b>nobody</b>' },
			'“&lt;b&gt;nobody&lt;/b&gt;” is not an address.',
		],
		[{ name: 'A', addresses: many }, 'A test list has at most 20 addresses.'],
	] as const) {
		const { text } = await editor.post(path, fields).expect(422)
		expect(text).toContain(words)
		expect(text).toContain('value="A"')
	}
	await editor.post(path, { name: 'Board', addresses: many.split('\n').slice(1).join('\n') }).expect(303)
	const twice = await editor.post(path, { name: 'Board', addresses: 'a@x.example' }).expect(422)
	expect(twice.text).toContain('Another test list has this name.')
	const other = await makeNewsletter(app)
	const elsewhere = await signInAs(app, 'editor', { newsletters: [other.slug] })
	await elsewhere.get(path).expect(404)
	const { id } = await app.db.selectFrom('test_lists').select('id').executeTakeFirstOrThrow()
	await elsewhere.post(`/console/newsletters/${other.slug}/test-lists/${id}/remove`).expect(404)
})
