import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { lookForOccasions, sendOccasionMail } from '../../src/staff/index.ts'
import { endQuietAttack } from '../../src/subscriptions/index.ts'
import { type ConsoleBrowser, signInAs } from '../support/console-browser.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
let newsletter: Newsletter
let owner: ConsoleBrowser & { email: string }
let french: ConsoleBrowser & { email: string }
beforeAll(async () => {
	app = await startTestApp({ workers: false })
	newsletter = await makeNewsletter(app)
	owner = await signInAs(app, 'owner')
	french = await signInAs(app, 'approver')
	await french.post('/console/account/language', { locale: 'fr' }).expect(303)
	await signInAs(app, 'editor')
	await signInAs(app, 'approver', { newsletters: [newsletter.slug] })
})
afterAll(() => app?.close())

async function tell(): Promise<void> {
	const due = new Set<number>()
	const jobs = {
		enqueue: async (name: string, payload: object) => {
			if (name === 'send-occasion-mail' && 'mailId' in payload) due.add(Number(payload.mailId))
		},
	}
	await lookForOccasions({ ...app, jobs: jobs as never })
	for (const mailId of due) await sendOccasionMail(app, { mailId })
}

async function mailsTo(address: string): Promise<Array<{ subject: string; text: string }>> {
	const kept = (app.captured?.list() ?? []).toReversed().filter(({ envelope }) => envelope.to === address)
	return Promise.all(
		kept.map(async ({ parse }) => {
			const { subject, text } = await parse()
			return { subject, text: text.replace(/[\u00a0\u202f]/g, ' ').replace(/\s+/g, ' ') }
		}),
	)
}

const page = async (browser: ConsoleBrowser) =>
	(await browser.get(`/console/newsletters/${newsletter.slug}/alerts`).expect(200)).text.replace(
		/[\u00a0\u202f]/g,
		' ',
	)

async function attack(tries: number): Promise<void> {
	for (let n = 0; n < tries; n++) {
		app.signupWatch.note({
			cap: 'domain',
			domain: n % 3 ? 'flooded.example' : 'b.example',
			network: `n${n % 7}`,
		})
	}
	await app.signupWatch.flush()
}

it('An attack is told of once to who looks after the whole installation, in their language', async () => {
	await attack(60)
	await Promise.all([tell(), tell()])
	await attack(40)
	await tell()
	const [mail, ...others] = await mailsTo(owner.email)
	expect(others).toEqual([])
	expect(mail?.subject).toBe('The sign-up is under attack')
	expect(mail?.text).toContain('60 tries have been kept back so far, from 7 networks.')
	expect(mail?.text).toContain('The addresses are of 2 domains, most of them of flooded.example.')
	expect(mail?.text).toContain('What was reached most: what one domain gets in an hour.')
	const [courriel] = await mailsTo(french.email)
	expect(courriel?.subject).toBe('L’inscription subit une attaque')
	expect(courriel?.text).toContain('60 tentatives ont été retenues jusqu’ici, depuis 7 réseaux.')
	expect(app.captured?.list()).toHaveLength(2)
})

it('The page of alerts says what it is and what is done about it, in both languages', async () => {
	const english = await page(owner)
	expect(english).toContain('100 sign-ups were kept back: as in an attack')
	expect(english).toContain('From 7 networks.')
	expect(english).toMatch(/To domains that had their mails for the hour: 100.*The mails wait/s)
	expect(english).toMatch(/flooded\.example<\/th><td>/)
	expect(english).not.toContain('Mail comes back')
	expect(await page(french)).toContain('100 inscriptions retenues, comme lors d’une attaque')
	const home = await owner.get(`/console/newsletters/${newsletter.slug}`).expect(200)
	expect(home.text).toContain('The sign-up is under attack')
})

it('That it is over is told once, too, and it stands among the past ones', async () => {
	app.clock.advance({ seconds: 31 * 60 })
	await endQuietAttack(app)
	await Promise.all([tell(), tell()])
	await tell()
	const [, mail, ...others] = await mailsTo(owner.email)
	expect(others).toEqual([])
	expect(mail?.subject).toBe('The attack on the sign-up is over')
	expect(mail?.text).toContain('Since it began, 100 tries were kept back, from 7 networks.')
	expect((await mailsTo(french.email))[1]?.subject).toBe('L’attaque contre l’inscription est terminée')
	const text = await page(owner)
	expect(text).toContain('Nothing waits for you')
	expect(text).toMatch(/Past alerts.*100 sign-ups were kept back/s)
})

it('What staff closed while it lasted is not told of again', async () => {
	await attack(60)
	const open = await app.db.selectFrom('bounce_alerts').select('id').where('closed_at', 'is', null).execute()
	expect(open).toHaveLength(1)
	await owner.post(`/console/newsletters/${newsletter.slug}/alerts/${open[0]?.id}/close`, {}).expect(303)
	await attack(10)
	app.clock.advance({ seconds: 31 * 60 })
	await endQuietAttack(app)
	await tell()
	expect(await mailsTo(owner.email)).toHaveLength(2)
})
