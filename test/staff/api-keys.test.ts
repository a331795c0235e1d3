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
		const { key, id } = await createApiKey(app, { name: 'website' }, operator)
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
		const { key, id } = await createApiKey(app, { name: 'old' }, operator)
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
		const { key, id } = await createApiKey(app, { name: 'busy' }, operator)
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
		const { id } = await createApiKey(app, { name: 'audited' }, { kind: 'key', id: 7, scopes: null })
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
