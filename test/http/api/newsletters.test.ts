import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
})
afterAll(() => app?.close())

const least = (slug: string) => ({ slug, texts: { en: { name: 'News' } }, fromAddress: 'news@example.org' })

describe('newsletters over the staff API', () => {
	it('are created, shown, changed and listed', async () => {
		const created = await staff.call('post', '/newsletters', least('crud'))
		expect(created.status).toBe(201)
		expect(created.headers.location).toBe('/api/v1/newsletters/crud')
		expect(created.body).toMatchObject({ slug: 'crud', texts: { en: { name: 'News', consentVersion: 1 } } })
		expect(created.body.id).toBeUndefined()

		expect((await staff.call('get', '/newsletters/crud')).body).toEqual(created.body)
		const changed = await staff.call('patch', '/newsletters/crud', { texts: { fr: { name: 'Nouvelles' } } })
		expect(changed.body.texts).toMatchObject({ en: { name: 'News' }, fr: { name: 'Nouvelles' } })
		const { items } = (await staff.call('get', '/newsletters')).body
		expect(items).toContainEqual(changed.body)
	})

	it('are kept by no cache', async () => {
		await staff.call('post', '/newsletters', least('uncached'))
		for (const path of ['/newsletters', '/newsletters/uncached', '/newsletters/uncached/sources']) {
			const { status, headers } = await staff.call('get', path)
			expect([path, status, headers['cache-control']]).toEqual([path, 200, 'no-store'])
		}
	})

	it('are written down with who changed them', async () => {
		await staff.call('post', '/newsletters', least('audited'))
		await staff.call('patch', '/newsletters/audited', { colour: '#000000' })
		const entries = await app.db
			.selectFrom('audit_entries')
			.select(['actor', 'action'])
			.where('subject', '=', 'newsletter:audited')
			.orderBy('id')
			.execute()
		expect(entries).toEqual([
			{ actor: expect.stringMatching(/^key:\d+$/), action: 'create' },
			{ actor: expect.stringMatching(/^key:\d+$/), action: 'change' },
		])
	})

	it('have their schedule kept as soon as it is set', async () => {
		const schedule = { cron: '0 9 * * 1', timeZone: 'Africa/Dakar' }
		await staff.call('post', '/newsletters', { ...least('weekly'), schedule })
		const kept = () => app.db.selectFrom('digest_schedules').select(['cron', 'time_zone']).execute()
		expect(await kept()).toEqual([{ cron: '0 9 * * 1', time_zone: 'Africa/Dakar' }])
		await staff.call('patch', '/newsletters/weekly', { schedule: null })
		expect(await kept()).toEqual([])
	})

	it('give the form to paste, in one of their languages', async () => {
		await staff.call('post', '/newsletters', {
			...least('form'),
			texts: { en: { name: 'A' }, fr: { name: 'B' } },
		})
		const form = await staff.call('get', '/newsletters/form/form?locale=fr')
		expect(form.headers['content-type']).toContain('text/html')
		expect(form.text).toMatch(
			new RegExp(
				`^<form class="envoi-form" action="${app.url}/newsletters/form/subscriptions" method="post"`,
			),
		)
		expect(form.text).toContain('value="fr"')
		expect((await staff.call('get', '/newsletters/form/form')).text).toContain('value="en"')
		expect((await staff.call('get', '/newsletters/form/form?locale=de')).status).toBe(422)
	})

	it('count their subscriptions by state and language', async () => {
		await staff.call('post', '/newsletters', least('counted'))
		expect((await staff.call('get', '/newsletters/counted/subscriptions/counts')).body).toEqual({
			pending: 0,
			active: 0,
			unsubscribed: 0,
			suppressed: 0,
			paused: 0,
			activeByLocale: {},
			activeBySource: {},
			activeAllTopics: 0,
			activeRoundUp: 0,
			activeByTopic: {},
		})
	})
})

describe('bad input to the staff API', () => {
	it('is told field by field, in the language that is asked for', async () => {
		const input = { ...least('Bad Slug'), colour: 'red', colours: 1, texts: { en: {} } }
		const answer = await staff.call('post', '/newsletters', input, { 'Accept-Language': 'fr' })
		expect(answer.status).toBe(422)
		expect(answer.body).toEqual({
			code: 'invalid',
			message: 'Une partie de ce qui a été transmis n’est pas utilisable.',
			requestId: expect.any(String),
			fields: expect.arrayContaining([
				{ field: 'slug', message: expect.stringContaining('minuscules') },
				{ field: 'texts.en.name', message: 'Ce champ est obligatoire.' },
				{ field: 'colour', message: expect.stringContaining('#rrggbb') },
				{ field: 'colours', message: 'Ce champ n’existe pas.' },
			]),
		})
	})

	it('is refused where there is no body, a broken one, another type or far too much', async () => {
		expect((await staff.call('post', '/newsletters')).status).toBe(400)
		const json = { 'Content-Type': 'application/json' }
		expect((await staff.call('post', '/newsletters', '{"slug":', json)).body).toMatchObject({
			code: 'malformed',
		})
		const list = await staff.call('post', '/newsletters', '[1]', json)
		expect([list.status, list.body.fields]).toEqual([422, [{ field: 'body', message: expect.any(String) }]])
		const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
		expect((await staff.call('post', '/newsletters', 'slug=x', form)).status).toBe(415)
	})

	it('of 10 MB is refused before it is read', async () => {
		const body = JSON.stringify({ ...least('huge'), contact: 'x'.repeat(10 * 1024 * 1024) })
		const answer = await fetch(`${app.url}/api/v1/newsletters`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${staff.key}`, 'Content-Type': 'application/json' },
			body,
		})
		expect(answer.status).toBe(413)
		expect(await answer.json()).toMatchObject({ code: 'too_large' })
	})

	it('leaves nothing half done', async () => {
		await staff.call('post', '/newsletters', { ...least('half'), defaultLocale: 'fr' })
		expect((await staff.call('get', '/newsletters/half')).status).toBe(404)
		await staff.call('post', '/newsletters', least('whole'))
		const refused = await staff.call('patch', '/newsletters/whole', {
			colour: '#111111',
			defaultLocale: 'fr',
		})
		expect(refused.status).toBe(422)
		expect((await staff.call('get', '/newsletters/whole')).body.colour).not.toBe('#111111')
	})

	it('says which newsletter there is not, and that a slug is taken', async () => {
		const missing = await staff.call('get', '/newsletters/nowhere')
		expect([missing.status, missing.body.message]).toEqual([404, 'There is no newsletter “nowhere”.'])
		expect((await staff.call('patch', '/newsletters/%00', {})).status).toBe(404)
		await staff.call('post', '/newsletters', least('taken'))
		const second = await staff.call('post', '/newsletters', least('taken'))
		expect([second.status, second.body.fields[0].field]).toEqual([409, 'slug'])
	})
})

describe('API keys over the staff API', () => {
	it('are made, listed without themselves, and revoked', async () => {
		const made = await staff.call('post', '/api-keys', { name: 'other program', scopes: ['all'] })
		expect(made.status).toBe(201)
		expect(made.headers['cache-control']).toBe('no-store')
		const list = await staff.call('get', '/api-keys')
		expect(list.body.items).toContainEqual(
			expect.objectContaining({ name: 'other program', revokedAt: null }),
		)
		expect(list.text).not.toContain(made.body.key)

		const other = () => app.request.get('/api/v1/newsletters').set('Authorization', `Bearer ${made.body.key}`)
		await other().expect(200)
		expect((await staff.call('delete', `/api-keys/${made.body.id}`)).status).toBe(204)
		await other().expect(401)
		expect((await staff.call('delete', '/api-keys/999999')).status).toBe(404)
		expect((await staff.call('delete', '/api-keys/x')).status).toBe(404)
		expect((await staff.call('delete', `/api-keys/${'9'.repeat(30)}`)).status).toBe(404)
	})

	it('never reach the log', () => {
		expect(app.logged.join('\n')).not.toContain(staff.key)
	})
})
