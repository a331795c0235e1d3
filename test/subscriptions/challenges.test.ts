import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Newsletter } from '../../src/newsletters/index.ts'
import { createAsksChallenge, makeChallenge } from '../../src/subscriptions/index.ts'
import { capOfNewsletter } from '../../src/subscriptions/limit-signups.ts'
import { makeNewsletter } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { isUnproven } from './people.ts'

let app: TestApp
let newsletter: Newsletter
let other: Newsletter
beforeAll(async () => {
	app = await startTestApp({ config: { signupChallenge: 'always' } })
	newsletter = await makeNewsletter(app, { sites: ['https://charity.example'] })
	other = await makeNewsletter(app)
})
afterAll(() => app?.close())

type Given = Awaited<ReturnType<typeof makeChallenge>>

async function solutionOf(challenge: Given): Promise<string> {
	const solution = await solveChallenge({ challenge, deriveKey })
	return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
}

/** Solved, with little work. */
const solved = async ({ id }: Newsletter) => solutionOf(await makeChallenge(app, id, 3))

const json = (email: string, altcha?: string) =>
	app.request
		.post(`/api/v1/newsletters/${newsletter.slug}/subscriptions`)
		.set('Origin', 'https://charity.example')
		.send({ email, locale: 'en', ...(altcha !== undefined && { altcha }) })

const form = (fields: object) =>
	app.request.post(`/newsletters/${newsletter.slug}/subscriptions`).type('form').send(fields)

async function hosted(email: string, altcha: string, locale = 'en') {
	const { text } = await app.request.get(`/newsletters/${newsletter.slug}/${locale}`).expect(200)
	const [, started] = /name="started" value="([^"]+)"/.exec(text) ?? []
	return form({ email, locale, started, altcha })
}

const pasted = (fields: object) => form(fields).set('Referer', 'https://charity.example/join')

describe('a challenge', () => {
	it('is given to pages of the newsletter’s sites, kept by nobody, and can be solved', async () => {
		const answer = await app.request
			.get(`/api/v1/newsletters/${newsletter.slug}/challenge`)
			.set('Origin', 'https://charity.example')
			.expect(200)
		expect(answer.headers).toMatchObject({
			'cache-control': 'no-store',
			'access-control-allow-origin': 'https://charity.example',
		})
		expect(answer.headers['set-cookie']).toBeUndefined()
		await json('solved@example.net', await solutionOf(answer.body)).expect(202)
		expect(await isUnproven(app, 'solved@example.net')).toBe(false)
		const elsewhere = await app.request
			.get(`/api/v1/newsletters/${newsletter.slug}/challenge`)
			.set('Origin', 'https://elsewhere.example')
		expect(elsewhere.headers['access-control-allow-origin']).toBeUndefined()
		await app.request.get('/api/v1/newsletters/nothing-here/challenge').expect(404)
	}, 60_000)

	it('is taken by the hosted form and by pasted ones alike', async () => {
		expect((await hosted('hosted@example.net', await solved(newsletter))).status).toBe(200)
		expect(await isUnproven(app, 'hosted@example.net')).toBe(false)
		await pasted({ email: 'pasted@example.net', altcha: await solved(newsletter) }).expect(200)
		expect(await isUnproven(app, 'pasted@example.net')).toBe(false)
	})

	it('is no wall: who has no solution is taken, within smaller caps', async () => {
		await json('without@example.net').expect(202)
		expect(await isUnproven(app, 'without@example.net')).toBe(true)
		expect((await hosted('no.scripts@example.net', '')).status).toBe(200)
		expect(await isUnproven(app, 'no.scripts@example.net')).toBe(true)
		await app.drain()
		expect(app.captured?.list().map(({ envelope }) => envelope.to)).toEqual(
			expect.arrayContaining(['without@example.net', 'no.scripts@example.net']),
		)
	})

	it('a pasted form without one is finished on a page of ours, and leads back to its site', async () => {
		const fields = { email: 'one.more@example.net', locale: 'fr', return: 'https://charity.example/merci' }
		const { text } = await pasted(fields).expect(200)
		expect(text).toContain('Encore une étape')
		expect(text).toContain('data-at-once')
		expect(text).toContain('value="one.more@example.net"')
		expect(text).toContain('name="started" value=""')
		expect(await isUnproven(app, 'one.more@example.net')).toBeUndefined()
		const after = await form({ ...fields, started: '', altcha: await solved(newsletter) }).expect(200)
		expect(after.text).toContain('https://charity.example/merci')
		expect(await isUnproven(app, 'one.more@example.net')).toBe(false)
		// without scripts one presses, and it is taken all the same
		await form({ email: 'pressed@example.net', locale: 'fr', started: '' }).expect(200)
		expect(await isUnproven(app, 'pressed@example.net')).toBe(true)
	})

	const problems: Array<[what: string, solution: () => Promise<string>, english: RegExp, french: RegExp]> = [
		['of another newsletter', () => solved(other), /not solved rightly/, /pas été résolue/],
		[
			'that was altered to last longer',
			async () => {
				const challenge = await makeChallenge(app, newsletter.id, 3)
				const { parameters, ...rest } = challenge
				const data = { expires: Number(parameters.data?.expires) + 9_999 }
				return solutionOf({ ...rest, parameters: { ...parameters, data } })
			},
			/not solved rightly/,
			/pas été résolue/,
		],
		[
			'whose solution was guessed',
			async () => {
				const challenge = await makeChallenge(app, newsletter.id)
				const derivedKey = `${challenge.parameters.keyPrefix}${'0'.repeat(32)}`
				const guess = { challenge, solution: { counter: 3, derivedKey } }
				return Buffer.from(JSON.stringify(guess)).toString('base64')
			},
			/not solved rightly/,
			/pas été résolue/,
		],
		['that is none', async () => 'AAAA{"no":"json', /not solved rightly/, /pas été résolue/],
		['that is too long', async () => 'A'.repeat(5_000), /not solved rightly/, /pas été résolue/],
		[
			'that ran out',
			async () => {
				const solution = await solved(newsletter)
				app.clock.advance({ seconds: 3_601 })
				return solution
			},
			/ran out/,
			/a expiré/,
		],
		[
			'that was used before',
			async () => {
				const solution = await solved(newsletter)
				await json('first.use@example.net', solution).expect(202)
				return solution
			},
			/sent already/,
			/déjà été envoyé/,
		],
	]
	it.each(problems)(
		'%s is refused in words, and the form kept, with a new one',
		async (_, make, english, french) => {
			const first = await make()
			const refused = await json('refused@example.net', first).expect(422)
			expect(refused.body.fields).toEqual([{ field: 'altcha', message: expect.stringMatching(english) }])
			expect(refused.headers['access-control-allow-origin']).toBe('https://charity.example')
			const page = await hosted('refused@example.net', first, 'fr')
			expect(page.status).toBe(422)
			expect(page.text).toMatch(french)
			expect(page.text).toContain('value="refused@example.net"')
			expect(page.text).toContain(`data-challenge="/api/v1/newsletters/${newsletter.slug}/challenge"`)
			expect(page.text).toContain('name="altcha" value=""')
			expect((await pasted({ email: 'refused@example.net', altcha: first })).status).toBe(422)
			expect(await isUnproven(app, 'refused@example.net')).toBeUndefined()
		},
	)

	it('is good once though many send it at the same moment', async () => {
		const solution = await solved(newsletter)
		const answers = await Promise.all(
			Array.from({ length: 8 }, (_, n) => json(`race${n}@example.net`, solution)),
		)
		expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
	})

	it('is not used up by an address that can’t be one', async () => {
		const solution = await solved(newsletter)
		await json('no address', solution).expect(422)
		await json('an.address@example.net', solution).expect(202)
	})

	it('says the same of every address', async () => {
		const known = 'known@example.net'
		await json(known, await solved(newsletter)).expect(202)
		const bodies = await Promise.all(
			[known, 'unknown@example.net'].flatMap((email) => [
				json(email, 'wrong').then(({ status, body }) => ({ status, fields: body.fields })),
			]),
		)
		expect(bodies[0]).toEqual(bodies[1])
	})
})

describe('SIGNUP_CHALLENGE', () => {
	const asks = (signupChallenge: 'never' | 'under_pressure' | 'always', limits = {}) =>
		createAsksChallenge({ ...app, config: { ...app.config, ...limits, signupChallenge } })

	it('asks always, never, or while there is an attack, which every process sees', async () => {
		expect(await asks('always')(newsletter.id)).toBe(true)
		expect(await asks('under_pressure')(newsletter.id)).toBe(false)
		for (let n = 0; n < 60; n++) app.signupWatch.note({ cap: 'flood', network: 'elsewhere' })
		await app.signupWatch.flush()
		expect(await asks('under_pressure')(newsletter.id)).toBe(true)
		expect(await asks('never')(newsletter.id)).toBe(false)
		await app.db.deleteFrom('signup_attacks').execute()
	})

	it('asks while a newsletter has nearly used up its mails of the hour, and those of others stay as they are', async () => {
		const limits = { signupsPerNewsletterAndHour: 77 }
		const { key, cap } = capOfNewsletter({ ...app.config, ...limits }, newsletter.id)
		for (let n = 0; n < 61; n++) await app.limiter.take(key, { points: cap, perSeconds: 3_600 })
		expect(await asks('under_pressure', limits)(newsletter.id)).toBe(false)
		await app.limiter.take(key, { points: cap, perSeconds: 3_600 })
		expect(await asks('under_pressure', limits)(newsletter.id)).toBe(true)
		expect(await asks('under_pressure', limits)(other.id)).toBe(false)
	})

	it('never: no challenge, no script, and what comes as a solution is not looked at', async () => {
		const never = await startTestApp({ config: { signupChallenge: 'never' }, workers: false })
		const { slug } = await makeNewsletter(never)
		await never.request.get(`/api/v1/newsletters/${slug}/challenge`).expect(204)
		const { text } = await never.request.get(`/newsletters/${slug}/en`).expect(200)
		expect(text).not.toMatch(/altcha|sign-up\.js/)
		await never.request
			.post(`/api/v1/newsletters/${slug}/subscriptions`)
			.send({ email: 'any@example.net', altcha: 'x' })
			.expect(202)
		await never.close()
	})
})
