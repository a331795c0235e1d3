import { TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import {
	changeMember,
	firstOwnerLink,
	inviteAgain,
	listMembers,
	removeMember,
	signIn,
} from '../../../src/staff/index.ts'
import { openConsole, signInAs } from '../../support/console-browser.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

const good = 'four words nobody puts together'
const auditOf = async () =>
	(await app.db.selectFrom('audit_entries').selectAll().orderBy('id').execute()).map(
		({ actor, action }) => `${actor} ${action}`,
	)

describe('the first owner', () => {
	it('comes in by the link of the first start, which is good once', async () => {
		const link = new URL((await firstOwnerLink(app)) ?? '')
		const stranger = openConsole(app)
		const page = await stranger.get(link.pathname).expect(200)
		expect(page.text).toContain('This Envoi is yours')
		expect(page.headers['cache-control']).toBe('no-store')
		// with `no-referrer` a browser that sends no Sec-Fetch-Site would send the form with `Origin: null`
		expect(page.headers['referrer-policy']).toBe('same-origin')
		const weak = await stranger
			.post(link.pathname, { name: 'Amina', email: 'amina@handsacross.example', password: 'handsacross1' })
			.expect(422)
		expect(weak.text).toContain('Your name or address in it is easy to guess')
		const empty = await stranger
			.post(link.pathname, { name: ' ', email: 'nobody', password: good })
			.expect(422)
		expect(empty.text).toContain('href="#name"')
		expect(empty.text).toContain('href="#email"')
		const fields = { name: 'Amina Diallo', email: 'amina@handsacross.example', password: good }
		await stranger.post(link.pathname, fields).expect(303).expect('location', '/console')
		await openConsole(app).post(link.pathname, fields).expect(410)
		expect(await firstOwnerLink(app)).toBeUndefined()
		expect((await stranger.get('/console/account').expect(200)).text).toContain('Amina Diallo')
	})

	it('stands in the database without password, link or session', async () => {
		const rows = JSON.stringify([
			await app.db.selectFrom('staff_members').selectAll().execute(),
			await app.db.selectFrom('staff_sessions').selectAll().execute(),
			await app.db.selectFrom('staff_links').selectAll().execute(),
		])
		expect(rows).not.toContain(good)
		expect(app.logged.join('\n')).not.toContain('handsacross')
	})
})

describe('signing in', () => {
	it('answers the same for a wrong password and for an unknown address, and leads to the page that was wanted', async () => {
		const { email, password } = await signInAs(app, 'owner')
		const browser = openConsole(app)
		await browser
			.get('/console/people')
			.expect(303)
			.expect('location', '/console/sign-in?to=%2Fconsole%2Fpeople')
		const wrong = await browser.post('/console/sign-in', { email, password: 'wrong' }).expect(401)
		const unknown = await browser
			.post('/console/sign-in', { email: 'nobody@staff.example', password: 'wrong' })
			.expect(401)
		const withoutAddress = (text: string) => text.replaceAll(/value="[^"]*"/g, '')
		expect(withoutAddress(wrong.text)).toBe(withoutAddress(unknown.text))
		await browser
			.post('/console/sign-in', { email: email.toUpperCase(), password, to: '/console/people' })
			.expect(303)
			.expect('location', '/console/people')
		await browser.get('/console/people').expect(200)
		await browser.post('/console/sign-out').expect(303)
		await browser.get('/console/people').expect(303)
	})

	it.each(['https://evil.example/', '//evil.example', '/console/../x:', '/console/sign-in'])(
		'never leads to %s',
		async (to) => {
			const { email, password } = await signInAs(app, 'viewer')
			await openConsole(app).post('/console/sign-in', { email, password, to }).expect('location', '/console')
		},
	)

	it('refuses forms of other sites, and those that do not say whence they come', async () => {
		const browser = await signInAs(app, 'owner')
		const refused = await browser
			.post('/console/account/language', { locale: 'fr' })
			.set('Sec-Fetch-Site', 'cross-site')
		expect(refused.status).toBe(403)
		await browser.post('/console/sign-out').set('Sec-Fetch-Site', 'same-site').expect(403)
		const old = (origin: string) =>
			app.request.post('/console/sign-out').set('Cookie', browser.cookies()).set('Origin', origin).send('')
		await old('https://evil.example').expect(403)
		await app.request.post('/console/sign-out').set('Cookie', browser.cookies()).send('').expect(403)
		await browser.get('/console/account').expect(200)
		await old(app.url).expect(303)
		await browser.get('/console/account').expect(303)
	})

	it('lasts as long as it is used: the cookie is kept anew with the session', async () => {
		const member = await signInAs(app, 'viewer')
		const at = async () => (await member.get('/console/account').expect(200)).headers['set-cookie']?.[0]
		expect(await at()).toBeUndefined()
		const before = member.cookies()
		app.clock.advance({ days: 13 })
		expect(await at()).toMatch(/^envoi-session=.+; Max-Age=1209600; .*HttpOnly; SameSite=Lax/)
		expect(member.cookies()).toBe(before)
		app.clock.advance({ days: 13 })
		await at()
		app.clock.advance({ days: 15 })
		await member.get('/console/account').expect(303)
	})

	it('is limited for strangers, not for the browser that its owner used before', async () => {
		const owner = await signInAs(app, 'approver')
		await owner.post('/console/sign-out').expect(303)
		const stranger = openConsole(app)
		const statuses = new Set<number>()
		for (let attempt = 0; attempt < 22; attempt++) {
			statuses.add(
				(await stranger.post('/console/sign-in', { email: owner.email, password: 'guess' })).status,
			)
		}
		expect(statuses).toEqual(new Set([401, 429]))
		await owner.post('/console/sign-in', { email: owner.email, password: owner.password }).expect(303)
	}, 60_000)

	it('is limited for a line, whichever of its IPv6 addresses is used', async () => {
		const attempt = (ip: string, turn: number) =>
			signIn(app, {
				email: `guess-${turn}@x.example`,
				password: 'guess',
				ip,
				userAgent: undefined,
				device: undefined,
			})
		const codes: string[] = []
		for (let turn = 0; turn < 31; turn++) {
			await attempt(`2001:db8:5:6::${turn + 1}`, turn).catch(({ code }) => codes.push(code))
		}
		expect(new Set(codes)).toEqual(new Set(['unauthenticated', 'limited']))
		await expect(attempt('2001:db8:5:7::1', 99)).rejects.toMatchObject({ code: 'unauthenticated' })
	}, 60_000)
})

describe('a code when signing in', () => {
	it('is asked for once it is turned on, is good once, and can be replaced by a code to recover with', async () => {
		const member = await signInAs(app, 'owner')
		const offer = (await member.get('/console/account/codes').expect(200)).text
		const secret = /class="secret">([^<]+)</.exec(offer)?.[1]?.replaceAll(' ', '') ?? ''
		const sealed = /name="sealed" value="([^"]+)"/.exec(offer)?.[1] ?? ''
		const codeAt = (ms: number) => new TOTP({ secret }).generate({ timestamp: ms })
		const now = () => app.clock.now().getTime()
		const { password } = member
		const off = await member
			.post('/console/account/codes', { sealed, code: codeAt(now() + 300_000), password })
			.expect(422)
		expect(off.text).toContain('5 minutes off')
		const left = await member.post('/console/account/codes', { sealed, code: codeAt(now()) }).expect(422)
		expect(left.text).toContain('This is not your present password')
		const made = await member
			.post('/console/account/codes', { sealed, code: codeAt(now()), password })
			.expect(200)
		const [, recovery = ''] = /<code>([a-z0-9-]{14})<\/code>/.exec(made.text) ?? []
		await member.post('/console/sign-out').expect(303)

		const signIn = () =>
			member.post('/console/sign-in', { email: member.email, password: member.password }).expect(303)
		expect((await signIn()).headers.location).toMatch(/^\/console\/sign-in\/code/)
		await member.get('/console/account').expect(303)
		const used = await member.post('/console/sign-in/code', { code: codeAt(now()) }).expect(422)
		expect(used.text).toContain('has been used')
		app.clock.advance({ seconds: 60 })
		await member.post('/console/sign-in/code', { code: codeAt(now()) }).expect(303)
		await member.get('/console/account').expect(200)

		await member.post('/console/sign-out').expect(303)
		await signIn()
		await member
			.post('/console/sign-in/code', { code: recovery.toUpperCase().replaceAll('-', ' ') })
			.expect(303)
		await member.post('/console/sign-out').expect(303)
		await signIn()
		await member.post('/console/sign-in/code', { code: recovery }).expect(422)

		app.clock.advance({ seconds: 60 })
		const id = (await listMembers(app)).find(({ email }) => email === member.email)?.id ?? 0
		const link = new URL((await inviteAgain(app, id, operator)).link).pathname
		await member.post(link, { password: 'another four words together' }).expect(303, /sign-in\/code/)
		await member.get('/console/account').expect(303)
		await member.post('/console/sign-in/code', { code: codeAt(now()) }).expect(303)
		await member.get('/console/account').expect(200)
		const rows = JSON.stringify(await app.db.selectFrom('staff_members').selectAll().execute())
		expect(rows).not.toContain(secret)
	}, 60_000)
})

describe('the present password', () => {
	it('can be guessed ten times in a quarter of an hour, whatever is to be changed with it', async () => {
		const member = await signInAs(app, 'viewer')
		const guesses = [
			() => member.post('/console/account/password', { present: 'guess', password: good }),
			() => member.post('/console/account/codes/off', { password: 'guess' }),
		]
		for (let turn = 0; turn < 10; turn++) expect((await guesses[turn % 2]?.())?.status).toBe(422)
		for (const guess of guesses) expect((await guess()).status).toBe(429)
		const right = { present: member.password, password: 'another four words together' }
		expect((await member.post('/console/account/password', right)).status).toBe(429)
	}, 60_000)
})

describe('people', () => {
	it('are invited by an owner, given another role and removed; the last owner stays', async () => {
		const other = await startTestApp({ workers: false })
		const owner = await signInAs(other, 'owner')
		const invited = await owner
			.post('/console/people', { name: 'Luc Tremblay', email: 'luc@x.example', role: 'editor', locale: 'fr' })
			.expect(200)
		expect(invited.text).toContain('good once, for 7 days:')
		const link = /class="link">([^<]+)</.exec(invited.text)?.[1] ?? ''
		const luc = openConsole(other)
		expect((await luc.get(new URL(link).pathname).expect(200)).text).toContain('luc@x.example')
		await luc.post(new URL(link).pathname, { name: 'Luc Tremblay', password: good }).expect(303)
		await luc.get('/console/people').expect(403)
		const twice = await owner
			.post('/console/people', { name: 'Luc', email: 'LUC@x.example', role: 'viewer', locale: 'fr' })
			.expect(409)
		expect(twice.text).toContain('works here already')
		const again = await owner.post('/console/people/2/invite').expect(200)
		expect(again.text).toContain('A new link for Luc Tremblay')
		expect(again.text).toContain('good once, for one day:')
		const own = await owner.post('/console/people/1/remove').expect(409)
		expect(own.text).toContain('One owner must stay')
		await owner.post('/console/people/2', { role: 'owner' }).expect(303)
		await luc.get('/console/people').expect(200)
		await luc.post('/console/people/1/remove').expect(303)
		await owner.get('/console/account').expect(303)
		const audit = await other.db
			.selectFrom('audit_entries')
			.select(['actor', 'action', 'subject'])
			.orderBy('id')
			.execute()
		expect(audit.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)).toEqual([
			'operator invite member:1',
			'member:1 join member:1',
			'member:1 invite member:2',
			'member:2 join member:2',
			'member:1 invite member:2',
			'member:1 change member:2',
			'member:2 remove member:1',
		])
		await other.close()
	}, 60_000)
})

it('One owner stays who is for all newsletters', async () => {
	const other = await startTestApp({ workers: false })
	const { slug } = await makeNewsletter(other)
	await signInAs(other, 'owner')
	await signInAs(other, 'owner', { newsletters: [slug] })
	const lastOwner = { code: 'conflict', message: 'errors.staff.last_owner' }
	await expect(removeMember(other, 1, operator)).rejects.toMatchObject(lastOwner)
	await expect(changeMember(other, 1, { newsletters: [slug] }, operator)).rejects.toMatchObject(lastOwner)
	await changeMember(other, 2, { newsletters: null }, operator)
	await changeMember(other, 1, { newsletters: [slug] }, operator)
	await other.close()
})

it('Another password of one’s own ends the links that were made before', async () => {
	const member = await signInAs(app, 'viewer')
	const id = (await listMembers(app)).find(({ email }) => email === member.email)?.id ?? 0
	const link = new URL((await inviteAgain(app, id, operator)).link).pathname
	await member.get(link).expect(200)
	const fields = { present: member.password, password: 'another four words together' }
	await member.post('/console/account/password', fields).expect(303)
	await member.get(link).expect(410)
})

describe('mails to staff', () => {
	it('bring an invitation and a new password, and tell strangers nothing', async () => {
		const other = await startTestApp()
		await makeNewsletter(other)
		const owner = await signInAs(other, 'owner')
		await owner
			.post('/console/people', { name: 'Luc', email: 'luc@x.example', role: 'editor', locale: 'fr' })
			.expect(200)
		await owner.post('/console/people/2/mail').expect(303)
		await other.drain()
		const linkOf = async (address: string) => {
			const mails = (await other.captured?.list()) ?? []
			const mail = mails.find(({ envelope }) => envelope.to === address)
			return new URL(
				/https?:\S+\/console\/welcome\/[\w-]+/.exec((await mail?.parse())?.text ?? '')?.[0] ?? '',
			)
		}
		const luc = openConsole(other)
		const invitation = await linkOf('luc@x.example')
		await luc.post(invitation.pathname, { name: 'Luc', password: good }).expect(303)
		const stranger = openConsole(other)
		const known = await stranger.post('/console/forgotten', { email: 'LUC@x.example' }).expect(200)
		const unknown = await stranger.post('/console/forgotten', { email: 'nobody@x.example' }).expect(200)
		expect(known.text.replaceAll('LUC@', 'nobody@')).toBe(unknown.text)
		await stranger.post('/console/forgotten', { email: 'nobody' }).expect(422)
		await other.drain()
		const renewal = await linkOf('luc@x.example')
		await luc.get('/console/account').expect(200)
		await stranger.post(renewal.pathname, { password: 'another four words together' }).expect(303)
		await luc.get('/console/account').expect(303)
		expect(other.logged.join('\n')).not.toContain('luc@x.example')
		await other.close()
	}, 60_000)
})

it('The audit tells who signed in', async () => {
	expect(await auditOf()).toContain('member:2 sign-in')
})
