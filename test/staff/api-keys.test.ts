import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { authenticate, createApiKey, listApiKeys, revokeApiKey } from '../../src/staff/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

const bearer = (key: string) => ({ authorization: `Bearer ${key}`, local: false })
const lastUse = async (id: number) => (await listApiKeys(app)).find((key) => key.id === id)?.lastUsedAt

describe('an API key', () => {
	it('is shown once and stored as a keyed hash only (T1)', async () => {
		const { key, id } = await createApiKey(app, { name: 'website', scopes: null }, operator)
		expect(key).toMatch(/^envoi_[A-Za-z0-9_-]{43}$/)
		const rows = JSON.stringify(await app.db.selectFrom('api_keys').selectAll().execute())
		expect(rows).not.toContain(key.slice('envoi_'.length))
		expect(JSON.stringify(await listApiKeys(app))).not.toContain(key)
		expect(await authenticate(app, bearer(key))).toEqual({ kind: 'key', id, scopes: null })
	})

	it.each([
		undefined,
		'',
		'Bearer',
		'Bearer ',
		'Bearer envoi_',
		`Bearer ${'x'.repeat(300)}`,
		'Basic ZW52b2k6ZW52b2k=',
		'Bearer \u0000',
	])('is needed: %j is refused', async (authorization) => {
		await expect(authenticate(app, { authorization, local: false })).rejects.toMatchObject({
			code: 'unauthenticated',
		})
	})

	it('opens nothing once it is revoked, and revoking twice is fine', async () => {
		const { key, id } = await createApiKey(app, { name: 'old', scopes: null }, operator)
		await revokeApiKey(app, id, operator)
		const [revokedAt] = (await listApiKeys(app))
			.filter((each) => each.id === id)
			.map((each) => each.revokedAt)
		app.clock.advance({ hours: 1 })
		await revokeApiKey(app, id, operator)
		await expect(authenticate(app, bearer(key))).rejects.toMatchObject({ code: 'unauthenticated' })
		expect((await listApiKeys(app)).find((each) => each.id === id)?.revokedAt).toEqual(revokedAt)
		await expect(revokeApiKey(app, 999_999, operator)).rejects.toMatchObject({ code: 'not_found' })
	})

	it('notes its last use, at most once a minute', async () => {
		const { key, id } = await createApiKey(app, { name: 'busy', scopes: null }, operator)
		await authenticate(app, bearer(key))
		const first = await lastUse(id)
		app.clock.advance({ seconds: 59 })
		await authenticate(app, bearer(key))
		expect(await lastUse(id)).toEqual(first)
		app.clock.advance({ seconds: 1 })
		await authenticate(app, bearer(key))
		expect(await lastUse(id)).toEqual(app.clock.now())
	})
})

describe('the scopes of a key', () => {
	const call = (method: 'get' | 'post', key: string, path: string, body?: object, language = 'en') =>
		app.request[method](`/api/v1${path}`)
			.set('Authorization', `Bearer ${key}`)
			.set('Accept-Language', language)
			.send(body)

	it('open what they name and nothing else, and the refusal names what is lacking', async () => {
		const scopes = ['newsletters.read', 'keys.manage'] as const
		const { key } = await createApiKey(app, { name: 'reading', scopes: [...scopes] }, operator)
		expect((await call('get', key, '/newsletters')).status).toBe(200)
		const refused = await call('post', key, '/newsletters', {})
		expect(refused.status).toBe(403)
		expect(refused.body).toMatchObject({
			code: 'forbidden',
			message: 'This API key lacks the permission “newsletters.change”.',
		})
		const french = await call('post', key, '/newsletters', {}, 'fr')
		expect(french.body.message).toBe(
			'Il manque à cette clé d’API la permission «\u00a0newsletters.change\u00a0».',
		)

		const more = await call('post', key, '/api-keys', { name: 'more', scopes: ['all'] })
		expect([more.status, more.body.message]).toEqual([
			403,
			'A new key can’t do more than the one that makes it: this one lacks the permission “newsletters.change”.',
		])
		const less = await call('post', key, '/api-keys', { name: 'less', scopes: ['newsletters.read'] })
		expect([less.status, less.body.scopes]).toEqual([201, ['newsletters.read']])
	})

	it('are named for each new key, and a wrong one is answered with those that there are', async () => {
		const { key } = await createApiKey(app, { name: 'all', scopes: null }, operator)
		const make = (input: object) => call('post', key, '/api-keys', { name: 'new', ...input })
		for (const input of [{}, { scopes: [] }]) {
			const { status, body } = await make(input)
			expect([status, body.fields[0].field]).toEqual([422, 'scopes'])
			expect(body.fields[0].message).toContain('“all” for everything')
		}
		const wrong = await make({ scopes: ['digests.sned'] })
		expect(wrong.status).toBe(422)
		expect(wrong.body.fields[0]).toMatchObject({
			field: 'scopes.0',
			message: expect.stringContaining('digests.send, subscribers.read'),
		})
		expect((await make({ scopes: ['digests.read', 'all'] })).body.scopes).toBeNull()
	})

	it('are all of them for a key made before there were any', async () => {
		const { key, id } = await createApiKey(app, { name: 'old', scopes: ['stories.read'] }, operator)
		await app.db.updateTable('api_keys').set({ scopes: null }).where('id', '=', id).execute()
		expect((await call('get', key, '/suppressions')).status).toBe(200)
	})
})

describe('the control socket', () => {
	it('needs no key: who can open it runs Envoi', async () => {
		expect(await authenticate(app, { authorization: undefined, local: true })).toEqual(operator)
	})

	it('is not what a connection over the network is, whatever it says', async () => {
		await app.request
			.get('/api/v1/newsletters')
			.set('X-Forwarded-For', '127.0.0.1')
			.set('Host', 'localhost')
			.expect(401)
	})
})

describe('what staff did', () => {
	it('is written down with who did it', async () => {
		const { id } = await createApiKey(
			app,
			{ name: 'audited', scopes: null },
			{ kind: 'key', id: 7, scopes: null },
		)
		await revokeApiKey(app, id, operator)
		const entries = await app.db
			.selectFrom('audit_entries')
			.select(['actor', 'action'])
			.where('subject', '=', `api-key:${id}`)
			.orderBy('id')
			.execute()
		expect(entries).toEqual([
			{ actor: 'key:7', action: 'create' },
			{ actor: 'operator', action: 'revoke' },
		])
	})
})
