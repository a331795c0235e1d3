import { TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { operator } from '../../../src/kernel/actor.ts'
import { addMember, inviteAgain, listMembers, memberInput, removeMember } from '../../../src/staff/index.ts'
import { type ConsoleBrowser, openConsole, signInAs } from '../../support/console-browser.ts'
import { type OpenIdServer, startOpenIdServer } from '../../support/open-id-server.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let provider: OpenIdServer
let app: TestApp
beforeAll(async () => {
	provider = await startOpenIdServer()
	const openId = { issuer: provider.issuer, clientId: 'envoi', clientSecret: 'hush', name: 'Hands Across' }
	app = await startTestApp({ config: { openId }, workers: false })
}, 60_000)
afterAll(async () => {
	await app?.close()
	await provider?.close()
})
beforeEach(() => {
	provider.trouble = undefined
})

let made = 0
async function invite(name = 'Amina Diallo') {
	const email = `amina${made++}@staff.example`
	const { id } = await addMember(app, memberInput.parse({ name, email, role: 'editor' }), operator)
	return { id, email }
}

/** Follows the link of the sign-in page to the provider and back, as a browser does. */
async function comeIn(browser: ConsoleBrowser, to = '') {
	const page = await browser.get(`/console/sign-in?to=${encodeURIComponent(to)}`).expect(200)
	const link =
		/href="(\/console\/sign-in\/open-id[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
	const away = await browser.get(link)
	if (away.status !== 303) return away
	const back = await fetch(String(away.headers.location), { redirect: 'manual' })
	const callback = new URL(back.headers.get('location') ?? '')
	return browser.get(callback.pathname + callback.search)
}

describe('signing in by the organisation’s own way', () => {
	it('lets in whose verified address was invited, and leads to the page that was wanted', async () => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email: email.toUpperCase(), email_verified: true }
		const browser = openConsole(app)
		const answer = await comeIn(browser, '/console/account')
		expect(answer.status).toBe(303)
		expect(answer.headers.location).toBe('/console/account')
		const account = await browser.get('/console/account').expect(200)
		expect(account.text).toContain('need no password here')
		const people = await listMembers(app)
		expect(people.find((each) => each.id === id)).toMatchObject({ joined: true, openId: true })
		const actions = await app.db
			.selectFrom('audit_entries')
			.select('action')
			.where('subject', '=', `member:${id}`)
			.where('actor', 'like', `member:${id}%`)
			.orderBy('id')
			.execute()
		expect(actions.map(({ action }) => action).slice(-2)).toEqual(['link-open-id', 'sign-in'])
	})

	it('knows a person by the provider’s number from then on, whatever becomes of the address', async () => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email, email_verified: true }
		await comeIn(openConsole(app))
		provider.person = { sub: `s${id}`, email: 'married@elsewhere.example', email_verified: false }
		const browser = openConsole(app)
		expect((await comeIn(browser)).status).toBe(303)
		await browser.get('/console/account').expect(200)
		// the address went to a new colleague there
		provider.person = { sub: `other${id}`, email, email_verified: true }
		const refused = await comeIn(openConsole(app))
		expect(refused.status).toBe(401)
		expect(refused.text).toContain('has been another account’s here')
	})

	it('reads the address where it is told elsewhere than in the ID token', async () => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email, email_verified: true, emailElsewhere: true }
		expect((await comeIn(openConsole(app))).status).toBe(303)
	})

	it.each([
		['an address that nobody verified', { email_verified: false }, 'nobody has verified'],
		['an address of which it is not said', { email_verified: undefined }, 'nobody has verified'],
		['no address', { email: undefined }, 'tells no mail address'],
		['a stranger', { email: 'stranger@elsewhere.example' }, 'Nobody with the address'],
		['a signature of another key', { forged: true }, 'did not let you in'],
		['a token for another service', { claims: { aud: 'other' } }, 'did not let you in'],
		['a token of another issuer', { claims: { iss: 'https://evil.example' } }, 'did not let you in'],
		['a token of another attempt', { claims: { nonce: 'theirs' } }, 'did not let you in'],
	])('lets nobody in who comes with %s', async (_what, said, words) => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email, email_verified: true, ...said }
		const browser = openConsole(app)
		const answer = await comeIn(browser)
		expect(answer.status).toBe(401)
		expect(answer.text).toContain(words)
		expect(answer.text).toContain('name="password"')
		await browser.get('/console/account').expect(303)
		expect(app.logged.join('\n')).not.toContain(email)
	})

	it.each([
		['refuses', 'error', 401, 'did not let you in'],
		['answers with a page', 'html', 401, 'did not let you in'],
		['breaks the connection', 'unreachable', 503, 'does not answer'],
	] as const)('says so where the provider %s', async (_what, trouble, status, words) => {
		const browser = openConsole(app)
		const away = await browser.get('/console/sign-in/open-id').expect(303)
		const back = await fetch(String(away.headers.location), { redirect: 'manual' })
		const callback = new URL(back.headers.get('location') ?? '')
		if (trouble === 'error') callback.search = callback.search.replace(/code=[^&]*/, 'error=access_denied')
		provider.trouble = trouble
		const answer = await browser.get(callback.pathname + callback.search)
		expect(answer.status).toBe(status)
		expect(answer.text).toContain(words)
	})

	it('takes no answer that this browser did not ask for, none twice, and none after ten minutes', async () => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email, email_verified: true }
		const browser = openConsole(app)
		const begin = async () => {
			const away = await browser.get('/console/sign-in/open-id').expect(303)
			const back = await fetch(String(away.headers.location), { redirect: 'manual' })
			const { pathname, search } = new URL(back.headers.get('location') ?? '')
			return pathname + search
		}
		const callback = await begin()
		await openConsole(app).get(callback).expect(401)
		await browser.get(callback).expect(303)
		await browser.get(callback).expect(401)
		const late = await begin()
		app.clock.advance({ seconds: 601 })
		await browser.get(late).expect(401)
	})

	it('asks for a code who has turned that on', async () => {
		const member = await signInAs(app, 'editor')
		const offer = (await member.get('/console/account/codes').expect(200)).text
		const secret = /class="secret">([^<]+)</.exec(offer)?.[1]?.replaceAll(' ', '') ?? ''
		const sealed = /name="sealed" value="([^"]+)"/.exec(offer)?.[1] ?? ''
		const code = new TOTP({ secret }).generate({ timestamp: app.clock.now().getTime() })
		await member.post('/console/account/codes', { sealed, code, password: member.password }).expect(200)
		provider.person = { sub: 'with-codes', email: member.email, email_verified: true }
		const browser = openConsole(app)
		expect((await comeIn(browser)).headers.location).toMatch(/^\/console\/sign-in\/code/)
		await browser.get('/console/account').expect(303)
	})

	it('ends with the member, and begins anew with an invitation', async () => {
		const { id, email } = await invite()
		provider.person = { sub: `s${id}`, email, email_verified: true }
		await comeIn(openConsole(app))
		// a link is then for another password: the invitation is taken
		expect(await inviteAgain(app, id, operator)).toMatchObject({ days: 1 })
		await removeMember(app, id, operator)
		expect((await comeIn(openConsole(app))).status).toBe(401)
		await addMember(app, memberInput.parse({ name: 'Amina', email, role: 'viewer' }), operator)
		expect((await comeIn(openConsole(app))).status).toBe(303)
	})
})

it('Without a provider there is neither a link nor an address', async () => {
	const plain = await startTestApp({ workers: false })
	const browser = openConsole(plain)
	expect((await browser.get('/console/sign-in').expect(200)).text).not.toContain('open-id')
	await browser.get('/console/sign-in/open-id').expect(404)
	await plain.close()
}, 60_000)

it('A provider that is set by halves, or without TLS far away, is told at the start', () => {
	const problems = (env: Record<string, string>) => {
		try {
			readConfig(env)
			return ''
		} catch (error) {
			return String(error)
		}
	}
	const whole = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'envoi', OIDC_CLIENT_SECRET: 'hush' }
	expect(readConfig(whole).openId).toMatchObject({ name: 'id.example' })
	expect(problems({ ...whole, OIDC_CLIENT_SECRET: '' })).toContain('OIDC_CLIENT_SECRET is missing')
	expect(problems({ ...whole, OIDC_ISSUER: 'http://id.example' })).toContain('must begin with https://')
	expect(problems({ ...whole, OIDC_ISSUER: 'https://id.example?x=1' })).toContain('address alone')
})
