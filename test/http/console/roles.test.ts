import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDraft } from '../../../src/digests/index.ts'
import { listRoutes } from '../../../src/http/list-routes.ts'
import { consoleTag } from '../../../src/http/server/route.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { type Role, roles } from '../../../src/kernel/roles.ts'
import { type ConsoleBrowser, openConsole, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter, makeStory } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

/** Who may call each route of the console: the least role, everybody who is signed in, or anybody. */
const table: Record<string, Role | 'member' | 'anybody'> = {
	'get /console/sign-in': 'anybody',
	'post /console/sign-in': 'anybody',
	'get /console/sign-in/code': 'anybody',
	'post /console/sign-in/code': 'anybody',
	'get /console/sign-in/open-id': 'anybody',
	'get /console/sign-in/open-id/back': 'anybody',
	'get /console/forgotten': 'anybody',
	'post /console/forgotten': 'anybody',
	'post /console/sign-out': 'anybody',
	'get /console/welcome/{token}': 'anybody',
	'post /console/welcome/{token}': 'anybody',
	'get /console/help': 'member',
	'get /console/account': 'member',
	'post /console/account/language': 'member',
	'post /console/account/mails': 'member',
	'post /console/account/password': 'member',
	'get /console/account/codes': 'member',
	'post /console/account/codes': 'member',
	'post /console/account/codes/off': 'member',
	'post /console/account/sessions/{id}/end': 'member',
	'post /console/account/sessions/end': 'member',
	'get /console': 'member',
	'get /console/newsletters/{slug}': 'viewer',
	'post /console/newsletters/{slug}/drafts': 'editor',
	'post /console/newsletters/{slug}/letters': 'editor',
	'post /console/newsletters/{slug}/skip': 'approver',
	'get /console/newsletters/{slug}/alerts': 'viewer',
	'post /console/newsletters/{slug}/alerts/missed/{id}/send': 'approver',
	'post /console/newsletters/{slug}/alerts/missed/{id}/drop': 'approver',
	'post /console/newsletters/{slug}/alerts/{id}/close': 'owner',
	'post /console/newsletters/{slug}/alerts/resume': 'owner',
	'get /console/newsletters/{slug}/digests': 'viewer',
	'get /console/digests/{id}': 'viewer',
	'get /console/digests/{id}/events': 'viewer',
	'get /console/digests/{id}/report.csv': 'viewer',
	'get /console/digests/{id}/providers.csv': 'viewer',
	'get /console/digests/{id}/deliveries.csv': 'approver',
	'post /console/digests/{id}/correction': 'editor',
	'post /console/digests/{id}/archive': 'approver',
	'get /console/digests/{id}/archive/{locale}': 'approver',
	'post /console/digests/{id}/archive/{locale}': 'approver',
	'get /console/drafts/{id}/approve': 'approver',
	'get /console/newsletters/{slug}/test-lists': 'editor',
	'post /console/newsletters/{slug}/test-lists': 'editor',
	'post /console/newsletters/{slug}/test-lists/{list}': 'editor',
	'post /console/newsletters/{slug}/test-lists/{list}/remove': 'editor',
	'post /console/drafts/{id}/approve': 'approver',
	'post /console/drafts/{id}/send-back': 'approver',
	'post /console/drafts/{id}/ask-approval': 'editor',
	'post /console/digests/{id}/pause': 'approver',
	'post /console/digests/{id}/resume': 'approver',
	'post /console/digests/{id}/cancel': 'approver',
	'post /console/digests/{id}/resend': 'approver',
	'get /console/drafts/{id}': 'editor',
	'post /console/drafts/{id}/texts': 'editor',
	'post /console/drafts/{id}/steps': 'editor',
	'post /console/drafts/{id}/here': 'editor',
	'get /console/drafts/{id}/versions': 'editor',
	'post /console/drafts/{id}/versions': 'editor',
	'get /console/drafts/{id}/earlier': 'editor',
	'post /console/drafts/{id}/earlier': 'editor',
	'post /console/drafts/{id}/stories': 'editor',
	'post /console/drafts/{id}/stories/{story}': 'editor',
	'post /console/drafts/{id}/undo': 'editor',
	'post /console/drafts/{id}/redo': 'editor',
	'post /console/drafts/{id}/drop': 'editor',
	'get /console/drafts/{id}/preview': 'editor',
	'get /console/drafts/{id}/preview/mail': 'editor',
	'post /console/drafts/{id}/preview/reader': 'approver',
	'post /console/drafts/{id}/test': 'editor',
	'get /console/drafts/{id}/check': 'editor',
	'post /console/drafts/{id}/check/answers': 'editor',
	'post /console/drafts/{id}/send': 'approver',
	'post /console/drafts/{id}/undo-send': 'approver',
	'get /console/drafts/{id}/hold': 'editor',
	'post /console/drafts/{id}/hold': 'editor',
	'post /console/drafts/{id}/let-go': 'approver',
	'get /console/newsletters/{slug}/sources': 'viewer',
	'post /console/newsletters/{slug}/sources': 'editor',
	'post /console/newsletters/{slug}/sources/{id}/pause': 'editor',
	'post /console/newsletters/{slug}/sources/{id}/resume': 'editor',
	'post /console/newsletters/{slug}/sources/{id}/read': 'editor',
	'post /console/newsletters/{slug}/sources/{id}/remove': 'editor',
	'get /console/newsletter': 'owner',
	'post /console/newsletter': 'owner',
	'get /console/newsletters/{slug}/settings': 'owner',
	'post /console/newsletters/{slug}/settings': 'owner',
	'get /console/newsletters/{slug}/schedule': 'owner',
	'post /console/newsletters/{slug}/schedule': 'owner',
	'get /console/newsletters/{slug}/look': 'owner',
	'post /console/newsletters/{slug}/look': 'owner',
	'get /console/newsletters/{slug}/look/mail': 'owner',
	'post /console/newsletters/{slug}/look/mail': 'owner',
	'get /console/newsletters/{slug}/sender': 'owner',
	'post /console/newsletters/{slug}/sender': 'owner',
	'post /console/newsletters/{slug}/sender/relay': 'owner',
	'get /console/newsletters/{slug}/readers': 'approver',
	'get /console/newsletters/{slug}/readers.csv': 'approver',
	'get /console/newsletters/{slug}/readers/{id}': 'approver',
	'get /console/newsletters/{slug}/readers/{id}/data.json': 'approver',
	'get /console/newsletters/{slug}/readers/{id}/choices': 'approver',
	'post /console/newsletters/{slug}/readers/{id}/choices': 'approver',
	'post /console/newsletters/{slug}/readers/{id}/unsubscribe': 'approver',
	'post /console/newsletters/{slug}/readers/{id}/erase': 'approver',
	'get /console/newsletters/{slug}/imports': 'approver',
	'post /console/newsletters/{slug}/imports': 'approver',
	'get /console/imports/{id}': 'approver',
	'post /console/imports/{id}': 'approver',
	'post /console/imports/{id}/undo': 'approver',
	'post /console/imports/{id}/drop': 'approver',
	'post /console/imports/{id}/rows/{number}': 'approver',
	'get /console/imports/{id}/report.csv': 'approver',
	'get /console/imports/{id}/unusable.csv': 'approver',
	'get /console/imports/{id}/evidence': 'approver',
	'post /console/imports/{id}/evidence': 'approver',
	'post /console/imports/{id}/evidence/remove': 'approver',
	'get /console/newsletters/{slug}/returned': 'approver',
	'get /console/returned': 'approver',
	'get /console/returned/{id}/report': 'approver',
	'get /console/suppressions': 'approver',
	'post /console/suppressions/find': 'approver',
	'post /console/suppressions/lift': 'owner',
	'get /console/audit': 'owner',
	'get /console/system': 'owner',
	'post /console/system/jobs/{queue}/{id}/retry': 'owner',
	'get /console/newsletters/{slug}/topics': 'owner',
	'post /console/newsletters/{slug}/topics': 'owner',
	'post /console/newsletters/{slug}/topics/{topic}': 'owner',
	'post /console/newsletters/{slug}/topics/{topic}/archive': 'owner',
	'post /console/newsletters/{slug}/topics/{topic}/restore': 'owner',
	'post /console/newsletters/{slug}/topics/{topic}/up': 'owner',
	'get /console/newsletters/{slug}/export': 'owner',
	'get /console/newsletters/{slug}/export/everything': 'owner',
	'get /console/newsletters/{slug}/export/{table}.csv': 'owner',
	'get /console/newsletters/{slug}/export/{table}.json': 'owner',
	'get /console/newsletters/{slug}/forms': 'owner',
	'post /console/newsletters/{slug}/forms': 'owner',
	'get /console/keys': 'owner',
	'post /console/keys': 'owner',
	'post /console/keys/{id}/revoke': 'owner',
	'get /console/webhooks': 'owner',
	'post /console/webhooks': 'owner',
	'get /console/webhooks/{id}': 'owner',
	'post /console/webhooks/{id}': 'owner',
	'post /console/webhooks/{id}/secret': 'owner',
	'post /console/webhooks/{id}/switch': 'owner',
	'post /console/webhooks/{id}/remove': 'owner',
	'post /console/webhooks/{id}/messages/{messageId}/replay': 'owner',
	'get /console/retention': 'owner',
	'get /console/people': 'owner',
	'post /console/people': 'owner',
	'post /console/people/{id}': 'owner',
	'post /console/people/{id}/invite': 'owner',
	'post /console/people/{id}/mail': 'owner',
	'post /console/people/{id}/remove': 'owner',
}

// what only takes forms leads back to its page, which asks for what it needs
for (const page of Object.keys(table).map((route) => route.replace('post ', 'get '))) table[page] ??= 'member'

const deps: object = new Proxy(
	{ captured: {}, config: { publicUrl: 'http://envoi.test' } },
	{
		get: (own, name) => Reflect.get(own, name) ?? {},
	},
)
const routes = listRoutes(deps as never).filter(({ tag }) => tag === consoleTag)

let app: TestApp
const browsers = new Map<Role, ConsoleBrowser>()
beforeAll(async () => {
	// a provider that does not answer: its routes are there
	const openId = { issuer: 'http://127.0.0.1:9', clientId: 'envoi', clientSecret: 'hush', name: 'Ours' }
	app = await startTestApp({ workers: false, config: { openId } })
	for (const role of roles) browsers.set(role, await signInAs(app, role))
	await signInAs(app, 'owner')
})
afterAll(() => app?.close())

it('Each route of the console has its row, and each row a route', () => {
	expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(table).sort())
})

/** Each role's place: a lower number may more. */
const rank = (role: Role) => roles.indexOf(role)

describe.each(Object.entries(table))('%s is for: %s', (route, least) => {
	const [method = '', path = ''] = route.split(' ')
	// nothing has this number or name: who is let in finds nothing
	const at = path.replace('{token}', 'x'.repeat(43)).replace(/\{\w+\}/g, '999999')
	const call = (browser: ConsoleBrowser) => (method === 'get' ? browser.get(at) : browser.post(at))
	// what would end the session of the test itself
	const endsSession = route === 'post /console/sign-out' || route === 'post /console/account/sessions/end'

	it.skipIf(least === 'anybody')('and for nobody who is not signed in', async () => {
		const { status, headers } = await call(openConsole(app))
		if (method === 'get')
			expect([status, headers.location]).toEqual([303, expect.stringMatching(/^\/console\/sign-in\?to=/)])
		else expect(status).toBe(401)
	})

	it.skipIf(endsSession).each(roles)('%s', async (role) => {
		const may = least === 'anybody' || least === 'member' || rank(role) <= rank(least)
		const browser = browsers.get(role)
		if (!browser) throw new Error(role)
		const { status, headers } = await call(browser)
		if (may) expect(status).not.toBe(403)
		else expect(status).toBe(403)
		expect(status).not.toBe(500)
		expect(headers['cache-control']).toContain('no-store')
	})
})

describe('a role for some newsletters', () => {
	it('sees those alone, and does nothing that reaches beyond them', async () => {
		const [own, other] = [await makeNewsletter(app), await makeNewsletter(app)]
		const owner = await signInAs(app, 'owner', { newsletters: [own.slug] })
		await owner.get('/console').expect(303).expect('location', `/console/newsletters/${own.slug}`)
		for (const path of ['', '/digests', '/readers', '/sources', '/settings', '/topics']) {
			await owner.get(`/console/newsletters/${own.slug}${path}`).expect(200)
			await owner.get(`/console/newsletters/${other.slug}${path}`).expect(404)
		}
		await makeStory(app, other.id)
		const draft = await openDraft(app, other.id, { actor: operator })
		await owner.get(`/console/drafts/${draft.id}`).expect(404)
		await owner.get(`/console/drafts/${draft.id}/preview/mail`).expect(404)
		await owner.post(`/console/drafts/${draft.id}/send`).expect(404)
		await owner.get('/console/people').expect(403)
		await owner.get('/console/keys').expect(403)
		await owner.post('/console/people', { name: 'Eve', email: 'eve@x.example', role: 'owner' }).expect(403)
		const fields = { name_en: 'Mine', fromAddress: 'a@charity.example' }
		await owner.post('/console/newsletter', fields).expect(403)
	})
})
