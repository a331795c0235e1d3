import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleBrowser, signInAs } from '../../support/console-browser.ts'
import { makeRsaKey } from '../../support/dkim-keys.ts'
import { makeNewsletter } from '../../support/make-newsletter.ts'
import { type SmtpSink, startSmtpSink } from '../../support/smtp-sink.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

const key = makeRsaKey('handsacross.example')

let app: TestApp
let sink: SmtpSink
let silent: Server
let owner: ConsoleBrowser
let path: string
let relays: { good: string; bad: string; closed: string; silent: string }
beforeAll(async () => {
	sink = await startSmtpSink({ extensions: ['AUTH PLAIN LOGIN'] })
	silent = createServer().listen(0, '127.0.0.1')
	const closed = await findClosedPort()
	const { port } = silent.address() as AddressInfo
	relays = {
		good: `localhost:${sink.port}`,
		bad: `127.0.0.1:${sink.port}`,
		closed: `127.0.0.1:${closed}`,
		silent: `127.0.0.1:${port}`,
	}
	const urls = [
		`smtp://amina:right-word@${relays.good}?tls=never`,
		`smtp://amina:wrong%2Fword@${relays.bad}?tls=never`,
		`smtp://${relays.closed}?tls=never`,
		`smtp://${relays.silent}?tls=never`,
		'smtp://relay.handsacross.invalid',
	]
	app = await startTestApp({
		workers: false,
		config: { smtpUrl: urls.join(' '), dkimKeys: [key], bounceDomain: 'bounces.handsacross.example' },
	})
	owner = await signInAs(app, 'owner')
	const { slug } = await makeNewsletter(app, { fromAddress: 'news@handsacross.example' })
	path = `/console/newsletters/${slug}/sender`
})
afterAll(async () => {
	await app?.close()
	await sink?.close()
})

async function findClosedPort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1')
	await new Promise((resolve) => server.once('listening', resolve))
	const { port } = server.address() as AddressInfo
	await new Promise((resolve) => server.close(resolve))
	return port
}

describe('the records in DNS', () => {
	it('stand on the page to be copied, each with what it is for', async () => {
		const page = (await owner.get(path).expect(200)).text
		for (const [name, value] of Object.entries(key.zone)) {
			expect(page).toContain(`>${name}</code>`)
			expect(page).toContain(`>${value}</code>`)
		}
		expect(page).toContain('>v=DMARC1; p=none</code>')
		expect(page).toContain('Not checked yet')
		expect(page).toContain('Mail returns to bounces.handsacross.example, but nobody takes it there')
	})

	it('go into a mail to who looks after the domain, in the person’s language', async () => {
		const read = async () => {
			const [, href = ''] = /href="(mailto:[^"]+)"/.exec((await owner.get(path)).text) ?? []
			return new URLSearchParams(
				href
					.replace(/^mailto:\?/, '')
					.replaceAll('&amp;', '&')
					.replaceAll('+', '%2B'),
			)
		}
		expect((await read()).get('subject')).toBe('DNS records for the newsletter of handsacross.example')
		expect((await read()).get('body')).toContain(`Value: ${Object.values(key.zone)[0]}\r\n`)
		await owner.post('/console/account/language', { locale: 'fr' }).expect(303)
		expect((await read()).get('body')).toContain('Bonjour,')
		await owner.post('/console/account/language', { locale: 'en' }).expect(303)
	})
})

describe('who the mail comes from', () => {
	it('is changed, and refused beside its field', async () => {
		const fields = {
			fromAddress: 'news@handsacross.example',
			replyTo: '',
			fromName_en: 'Amina, Hands Across',
		}
		await owner.post(path, fields).expect(303).expect('location', `${path}?saved=yes`)
		expect((await owner.get(path)).text).toContain('value="Amina, Hands Across"')
		const wrong = await owner
			.post(path, { ...fields, fromAddress: '"><b>nobody', fromName_en: 'a@b.example' })
			.expect(422)
		expect(wrong.text).toContain('value="&quot;&gt;&lt;b&gt;nobody"')
		expect(wrong.text).toContain('href="#fromAddress"')
		expect(wrong.text).toContain('href="#fromName_en"')
		await owner.post(path, {}).expect(422)
		const [row] = await app.db.selectFrom('newsletters').select('from_address').execute()
		expect(row).toEqual({ from_address: 'news@handsacross.example' })
	})
})

describe('a try of the relays', () => {
	it('says of each in plain words what is wrong, mails nothing, shows no secret and is in the log', async () => {
		sink.script = (stage) => {
			if (stage !== 'auth') return undefined
			const word = Buffer.from(sink.heard.at(-1)?.split(' ').at(-1) ?? '', 'base64')
				.toString()
				.split('\0')
				.at(-1)
			return word === 'right-word' ? '235 2.7.0 welcome' : `535 5.7.8 no such word: ${word}`
		}
		await owner.post(`${path}/relay`).expect(303).expect('location', `${path}#relays`)
		const page = (await owner.get(path).expect(200)).text
		expect(page).toContain('It knows us: signed in.')
		expect(page).toContain('Our name or password is refused.')
		expect(page).toContain('535 5.7.8 no such word: …')
		expect(page).toContain('Nobody answers at this port.')
		expect(page).toContain('No answer within 10 seconds.')
		expect(page).toContain('No server has this name.')
		expect(page).not.toMatch(/right-word|wrong%2Fword|wrong\/word/)
		expect(sink.messages).toEqual([])
		expect(sink.heard.filter((line) => /^mail/i.test(line))).toEqual([])
		const entries = await app.db
			.selectFrom('audit_entries')
			.select(['subject', 'detail'])
			.where('action', '=', 'measure')
			.orderBy('id')
			.execute()
		expect(entries).toEqual([
			{ subject: `relay:${relays.good}`, detail: null },
			{ subject: `relay:${relays.bad}`, detail: 'password' },
			{ subject: `relay:${relays.closed}`, detail: 'closed' },
			{ subject: `relay:${relays.silent}`, detail: 'silent' },
			{ subject: 'relay:relay.handsacross.invalid', detail: 'no_host' },
		])
		expect((await owner.get('/console/audit')).text).toContain('tried')
	}, 30_000)

	it('goes nowhere else, whatever the form says, and not more often than six times in ten minutes', async () => {
		silent.close()
		const before = sink.connections
		const statuses = []
		for (let count = 0; count < 6; count++) {
			const { status } = await owner.post(`${path}/relay`, {
				relay: '127.0.0.1:1',
				smtpUrl: 'smtp://10.0.0.1',
			})
			statuses.push(status)
		}
		expect(statuses).toEqual([303, 303, 303, 303, 303, 429])
		expect(sink.connections - before).toBe(10)
		const refused = await owner.post(`${path}/relay`).expect(429)
		expect(refused.text).toContain('The relays were tried several times just now')
	}, 30_000)
})
