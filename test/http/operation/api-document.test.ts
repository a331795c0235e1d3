import type { Express, Router } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type StaffCalls, staffOf } from '../../support/staff-client.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

type Operation = {
	operationId: string
	summary: string
	security: unknown[]
	requestBody?: object
	parameters?: Array<{ name: string; in: string; required?: boolean }>
	responses: Record<string, { description: string }>
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> }

let app: TestApp
let document: Document
let staff: StaffCalls
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	staff = await staffOf(app)
	const texts = { en: { name: 'News' }, fr: { name: 'Nouvelles' } }
	await staff.call('post', '/newsletters', { slug: 'news', texts, fromAddress: 'news@example.org' })
	for (const locale of ['en', 'fr']) {
		await staff.call('post', '/newsletters/news/stories', { locale, title: 'A well' })
	}
	document = (await app.request.get('/api/openapi.json').expect(200)).body
})
afterAll(() => app?.close())

const operations = () =>
	Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	)

const withoutEntities = (html: string) =>
	html.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')

/** Makes the request that a call with curl makes, with a key of staff. */
function typed(call: string): Promise<Response> {
	const [, method = 'GET', url = ''] = /^curl (?:-X (\w+) )?'([^']+)'/.exec(call) ?? []
	const headers = [...call.matchAll(/-H '([^:']+): ([^']*)'/g)].map(([, name = '', value = '']) => [
		name,
		value === 'Bearer KEY' ? `Bearer ${staff.key}` : value,
	]) as Array<[string, string]>
	const json = / -d '([^']*)'/.exec(call)?.[1]
	const fields = [...call.matchAll(/--data-urlencode '(\w+)=([^']*)'/g)].map(([, name = '', value = '']) => [
		name,
		value,
	]) as Array<[string, string]>
	const form = fields.length > 0 ? new URLSearchParams(fields) : undefined
	const file = call.includes('--data-binary') ? 'address\nada@example.org\n' : undefined
	return fetch(url, {
		method,
		headers,
		body: json ?? form ?? file,
		redirect: 'manual',
	})
}

/** `GET /newsletters/{slug}` of every route that Express has, but for those that only refuse other methods, and the console's. */
function routesOfExpress(): string[] {
	const routers = (app.http as Express).router.stack.flatMap(({ handle }) =>
		'routers' in handle ? (handle.routers as () => Router[])() : [],
	)
	return routers
		.flatMap(({ stack }) => stack)
		.flatMap(({ route }) => {
			if (!route || /^\/console(?:\/|$)/.test(route.path)) return []
			const methods = new Set(route.stack.map(({ method }) => method?.toUpperCase() ?? 'ALL'))
			if (methods.size > 5 || methods.has('ALL')) return []
			return [...methods].map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
		})
}

describe('the OpenAPI document', () => {
	it('has every route of the application, and no other', () => {
		const documented = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`)
		expect(documented.length).toBeGreaterThan(30)
		expect(routesOfExpress().sort()).toEqual(documented.sort())
	})

	it('is OpenAPI 3.1 whose references all lead somewhere', () => {
		expect(document.openapi).toMatch(/^3\.1\./)
		for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
			const target = pointer
				.slice(1)
				.split('/')
				.reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], document)
			expect(target, pointer).toBeTypeOf('object')
		}
	})

	it('tells of each operation its name, its path’s parameters and its answers', () => {
		const names = operations().map(({ operation }) => operation.operationId)
		expect(new Set(names).size).toBe(names.length)
		for (const { path, operation } of operations()) {
			const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
			const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
			expect([path, declared.map(({ name }) => name).sort()]).toEqual([path, inPath.sort()])
			expect(declared.every(({ required }) => required)).toBe(true)
			expect(operation.summary).not.toBe('')
			expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
		}
	})

	it('tells what can go wrong with each, whatever its own code does', () => {
		for (const { path, method, operation } of operations()) {
			const told = Object.keys(operation.responses)
			const body = operation.requestBody ? ['400', '413', '415', '422'] : []
			const params = path.includes('{') ? ['404'] : []
			const staff = operation.security.length > 0 ? ['401'] : []
			for (const status of ['500', '503', ...body, ...params, ...staff]) {
				expect(told, `${method} ${path}`).toContain(status)
			}
		}
	})

	it('has just the methods that a path says it takes', async () => {
		for (const [path, methods] of Object.entries(document.paths)) {
			const { headers, status } = await app.request.options(path.replace(/\{\w+\}/g, '1'))
			const allowed = String(headers.allow)
				.toLowerCase()
				.split(', ')
				.filter((method) => method !== 'head' && method !== 'options')
			expect([path, status, allowed.sort()]).toEqual([path, 204, Object.keys(methods).sort()])
		}
	})

	it('knows the header that makes a repeated request harmless', () => {
		const { parameters = [] } = document.paths['/api/v1/newsletters/{slug}/digests']?.post ?? {}
		expect(parameters).toContainEqual(expect.objectContaining({ name: 'idempotency-key', in: 'header' }))
	})
})

describe('what the document calls staff', () => {
	it('answers 401 to whoever has no key, before anything else is looked at', async () => {
		const staff = operations().filter(({ operation }) => operation.security.length > 0)
		expect(staff.length).toBeGreaterThan(20)
		for (const { path, method } of staff) {
			const request = app.request[method as 'get'](path.replace(/\{\w+\}/g, '1'))
			const answer = await request.set('Content-Type', 'application/json')
			expect([method, path, answer.status]).toEqual([method, path, 401])
			expect(answer.headers['www-authenticate']).toContain('Bearer')
			expect(answer.body.code).toBe('unauthenticated')
		}
	})

	it('is all of /api/v1 but subscribing', () => {
		const open = operations().filter(
			({ path, operation }) => path.startsWith('/api/v1/') && operation.security.length === 0,
		)
		expect(open.map(({ path }) => path)).toEqual([
			'/api/v1/newsletters/{slug}/subscriptions',
			'/api/v1/newsletters/{slug}/challenge',
		])
	})
})

describe('the readable document', () => {
	it.each([
		['en', 'The API of Envoi'],
		['fr', 'L’API d’Envoi'],
	])('lists every operation in a page with a frame in %s, without any script', async (locale, title) => {
		const { text, headers } = await app.request.get('/api/docs').set('Accept-Language', locale).expect(200)
		expect(headers['content-language']).toBe(locale)
		expect(headers['content-type']).toContain('text/html')
		expect(text).toContain(`<h1>${title}</h1>`)
		expect(text).not.toMatch(/<script|style="/)
		for (const { path, operation } of operations()) {
			expect(text).toContain(`<code>${path}</code>`)
			expect(text).toContain(locale === 'fr' ? 'Exemple' : operation.summary.replaceAll('"', '&quot;'))
		}
	})

	it('tells of fields within fields, once for all languages', async () => {
		const { text } = await app.request.get('/api/docs')
		expect(text).toContain('texts.en.subjectPattern')
		expect(text).toContain('= texts.en')
		expect(text).toContain('schedule.timeZone')
		expect(text).toContain('items[].translations[].locale')
	})

	it.each(['en', 'fr'])('is wholly in %s, so that no part of it says to be in another', async (locale) => {
		const { text } = await app.request.get('/api/docs').set('Accept-Language', locale)
		const main = text.slice(text.indexOf('<main'), text.indexOf('</main'))
		expect(main).not.toMatch(/ lang="/)
		if (locale === 'fr')
			for (const english of ['Newsletters', 'The ', 'which ']) expect(main).not.toContain(english)
	})

	it('shows for each operation a call that is taken as it stands', async () => {
		const { text } = await app.request.get('/api/docs')
		const calls = [...text.matchAll(/<code>(curl [\s\S]*?)<\/code>/g)].map(([, call = '']) =>
			withoutEntities(call),
		)
		for (const { path, method } of operations()) {
			const start = method === 'get' ? "curl '" : `curl -X ${method.toUpperCase()} '`
			const address = path.replace(/\{\w+\}/g, "[^/'.]+").replace(/\./g, '\\.')
			const pattern = new RegExp(`^${start}${app.url}${address}'`)
			const call = calls.find((each) => pattern.test(each)) ?? ''
			expect(call, `${method} ${path}`).not.toBe('')
			const { status } = await typed(call)
			expect([call, status >= 500 || status === 400 || status === 415 || status === 422]).toEqual([
				call,
				false,
			])
		}
	})

	it('has no id twice', async () => {
		const { text } = await app.request.get('/api/docs')
		const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
		expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
	})
})
