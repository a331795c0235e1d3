import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addDays } from '../../src/kernel/clock.ts'
import {
	beginRun,
	checkTallies,
	continueImport,
	correctRow,
	endImpliedConsent,
	getImport,
	type ImportChanges,
	listImportRows,
} from '../../src/subscriptions/index.ts'
import { confirmPath, mailsTo, receiptsOf, stateOf, subscriptionOf } from '../subscriptions/people.ts'
import { bringFile, importFile, outcomesOf } from '../support/bring-file.ts'
import { makeNewsletter, makeReader } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// why people may be written to, and what follows from it

let app: TestApp
let newsletterId: number

beforeAll(async () => {
	app = await startTestApp()
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
})
afterAll(() => app?.close())

describe('people who asked for it', () => {
	it('need a proof, and a day in each row or one for all', async () => {
		const csv = 'email,joined\nwith@day.example,2020-01-01\nwithout@day.example,'
		await expect(bringFile(app, csv, { basis: { kind: 'asked' } })).rejects.toMatchObject({
			fields: [{ field: 'words', message: 'errors.import.basis.no_proof' }],
		})
		const checked = await bringFile(app, csv, { basis: { kind: 'asked', evidence: 'paper forms' } })
		expect(outcomesOf(checked)).toEqual({ new: 1, unusable: 1 })
		const rows = await listImportRows(app, checked.id, { outcomes: ['unusable'], limit: 10 }, operator)
		expect(rows).toMatchObject([{ line: 3, reason: 'errors.import.no_consent_day' }])
	})
})

describe('members, donors and volunteers', () => {
	const members: ImportChanges['basis'] = { kind: 'members', months: 24 }

	it('are readers until so many months after their last gift; whose time is over is not taken', async () => {
		const recent = addDays(app.clock.now(), -30).toISOString().slice(0, 10)
		const csv = `email,joined\nrecent@members.example,${recent}\nlong-ago@members.example,2015-01-01\n`
		const done = await importFile(app, csv, { basis: members })
		expect(outcomesOf(done)).toEqual({ new: 1, unusable: 1 })
		const subscription = await subscriptionOf(app, 'recent@members.example')
		const until = new Date(`${recent}T00:00:00Z`)
		until.setUTCMonth(until.getUTCMonth() + 24)
		expect(subscription).toMatchObject({ state: 'active', consent_until: until })

		await endImpliedConsent(app)
		expect(await stateOf(app, 'recent@members.example')).toBe('active')
		const later = { ...app, clock: { now: () => addDays(app.clock.now(), 731) } }
		await endImpliedConsent(later)
		expect(await stateOf(app, 'recent@members.example')).toBe('unsubscribed')
		expect((await receiptsOf(app, subscription.id)).map(({ action, page }) => [action, page])).toEqual([
			['imported', `import ${done.id} (members)`],
			['unsubscribed', `staff: the consent of import ${done.id} is over`],
		])
		expect(await checkTallies(app)).toEqual([])
	})
})

describe('a row that says until when consent holds', () => {
	const day = (count: number) => addDays(app.clock.now(), count).toISOString().slice(0, 10)
	const bring = (name: string, basis: ImportChanges['basis']) =>
		importFile(
			app,
			`email,joined,consent until\nholds@${name}.example,2015-01-01,${day(100)}\nover@${name}.example,${day(-30)},${day(-1)}\n`,
			{ basis },
		)

	it('counts whatever is said of all', async () => {
		for (const [name, basis] of [
			['of-members', { kind: 'members', months: 24 }],
			['of-asked', { kind: 'asked', evidence: 'Envoi' }],
		] as const) {
			expect(outcomesOf(await bring(name, basis))).toEqual({ new: 1, unusable: 1 })
			const { consent_until: until } = await subscriptionOf(app, `holds@${name}.example`)
			expect(until).toEqual(new Date(`${day(100)}T00:00:00Z`))
		}
	})

	it('says nothing of people who are asked', async () => {
		const { id } = await bringFile(
			app,
			`email,consent until\nholds@of-unsure.example,${day(100)}\nover@of-unsure.example,${day(-1)}\n`,
			{ basis: { kind: 'unsure', perDay: 10_000 } },
		)
		await beginRun(app, id, operator)
		await app.drain()
		expect(outcomesOf(await getImport(app, id, operator))).toEqual({ new: 2 })
		expect(await subscriptionOf(app, 'over@of-unsure.example')).toMatchObject({
			state: 'pending',
			consent_until: null,
		})
	})
})

describe('people of whom nobody can tell', () => {
	it('are asked whether they still want it, so many in a day, and are readers once they say so', async () => {
		const addresses = [1, 2, 3].map((number) => `unsure${number}@ask.example`)
		const { id } = await bringFile(app, ['email', ...addresses, 'no address'].join('\n'), {
			basis: { kind: 'unsure', perDay: 24 },
		})
		await beginRun(app, id, operator)
		await app.drain()
		const asked = await getImport(app, id, operator)
		expect(asked).toMatchObject({ state: 'running', position: 1 })
		// an hour later at 24 a day
		expect(asked.nextAt?.getTime()).toBe(app.clock.now().getTime() + 3_600_000)
		expect(await stateOf(app, addresses[0] ?? '')).toBe('pending')
		expect(await stateOf(app, addresses[1] ?? '')).toBeUndefined()
		const [mail, ...more] = await mailsTo(app, addresses[0] ?? '')
		expect(more).toEqual([])
		expect(mail?.subject).toBe('Would you like to go on receiving World News?')

		// whatever wakes it before its time asks nobody
		await continueImport(app, { importId: id })
		expect(await getImport(app, id, operator)).toMatchObject({ position: 1 })
		for (let hour = 1; hour <= 2; hour++) {
			app.clock.advance({ hours: 1 })
			await continueImport(app, { importId: id })
			await app.drain()
		}
		expect(await getImport(app, id, operator)).toMatchObject({
			state: 'done',
			outcomes: { new: 3, unusable: 1 },
		})
		await app.request.post(await confirmPath(app, addresses[1] ?? '')).expect(200)
		expect(await stateOf(app, addresses[1] ?? '')).toBe('active')
		expect(await checkTallies(app)).toEqual([])
	})
})

describe('readers who are here already', () => {
	it('keep name and choices, unless the file is to change them; whether they get it never changes', async () => {
		await makeReader(app, newsletterId, { address: 'known@over.example' })
		await makeReader(app, newsletterId, { address: 'gone@over.example', state: 'unsubscribed' })
		const csv = 'email,first name,language,status\nknown@over.example,Awa,fr,\ngone@over.example,Luc,fr,\n'
		expect(outcomesOf(await importFile(app, csv))).toEqual({ known: 1, left: 1 })
		expect(await subscriptionOf(app, 'known@over.example')).toMatchObject({ locale: 'en' })

		const done = await importFile(app, csv, { overwrite: ['names', 'choices'] })
		expect(outcomesOf(done)).toEqual({ changed: 1, left: 1 })
		const known = await subscriptionOf(app, 'known@over.example')
		expect(known).toMatchObject({ locale: 'fr', state: 'active', choices_version: 1 })
		expect((await receiptsOf(app, known.id)).map(({ action }) => action)).toEqual(['named', 'chosen'])
		expect(await stateOf(app, 'gone@over.example')).toBe('unsubscribed')
		const names = await app.db
			.selectFrom('subscribers')
			.select('given_name')
			.where('domain', '=', 'over.example')
			.orderBy('comparable_address')
			.execute()
		expect(names.map((each) => each.given_name)).toEqual([null, 'Awa'])
		// a second time changes nothing
		expect(outcomesOf(await importFile(app, csv, { overwrite: ['names', 'choices'] }))).toEqual({
			known: 1,
			left: 1,
		})
		expect(await checkTallies(app)).toEqual([])
	})

	it('of another newsletter are added to this one, and keep their name', async () => {
		const other = await makeNewsletter(app, { slug: 'other' })
		await makeReader(app, other.id, { address: 'both@over.example' })
		const csv = 'email,first name\nboth@over.example,Awa\n'
		expect(outcomesOf(await importFile(app, csv, { overwrite: ['names'] }))).toEqual({ new: 1 })
		expect(await stateOf(app, 'both@over.example', 'other')).toBe('active')
	})
})

describe('a row that can’t be used', () => {
	it('is given another address, before the import runs and after', async () => {
		const csv =
			'email,language\nfine@correct.example,en\nfirst at correct.example,en\nsecond at correct.example,en\nalso-fine@correct.example,fr\nand-this@correct.example,fr\n'
		const { id } = await bringFile(app, csv)
		const corrected = await correctRow(app, { id, number: 2, address: 'First@correct.example' }, operator)
		expect(outcomesOf(corrected)).toEqual({ new: 4, unusable: 1 })
		await expect(correctRow(app, { id, number: 2, address: 'a@correct.example' }, operator)).rejects.toThrow(
			'errors.import.row_is_fine',
		)
		await beginRun(app, id, operator)
		await app.drain()
		expect(await stateOf(app, 'first@correct.example')).toBe('active')
		const after = await correctRow(app, { id, number: 3, address: 'second@correct.example' }, operator)
		expect(outcomesOf(after)).toEqual({ new: 5 })
		expect(await stateOf(app, 'second@correct.example')).toBe('active')
		// the address of another row is that row's
		const twice = await bringFile(app, 'email\none@twice-here.example\nnone\nother@twice-here.example\n')
		const same = await correctRow(
			app,
			{ id: twice.id, number: 2, address: 'one@twice-here.example' },
			operator,
		)
		expect(outcomesOf(same)).toEqual({ new: 2, duplicate: 1 })
	})
})
