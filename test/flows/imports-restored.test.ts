import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import {
	beginUndo,
	changeByStaff,
	checkTallies,
	eraseReader,
	getImport,
} from '../../src/subscriptions/index.ts'
import { receiptsOf, subscriptionOf } from '../subscriptions/people.ts'
import { importFile } from '../support/bring-file.ts'
import { makeNewsletter, makeReader } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// what an import overwrote of readers who were here, and gives back when it is taken back

let app: TestApp
let newsletterId: number
let otherId: number

beforeAll(async () => {
	app = await startTestApp()
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
	otherId = (await makeNewsletter(app, { slug: 'other' })).id
})
afterAll(() => app?.close())

async function makeNamed(address: string, givenName: string | null): Promise<void> {
	await makeReader(app, newsletterId, { address })
	await app.db
		.updateTable('subscribers')
		.set({ given_name: givenName })
		.where('comparable_address', '=', address)
		.execute()
}

/** Name, language and rhythm as they stand. */
async function standing(address: string): Promise<string> {
	const row = await app.db
		.selectFrom('subscriptions')
		.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
		.leftJoin('choice_profiles', 'choice_profiles.id', 'profile_id')
		.select(['given_name', 'subscriptions.locale', 'rhythm'])
		.where('comparable_address', '=', address)
		.where('subscriptions.newsletter_id', '=', newsletterId)
		.executeTakeFirstOrThrow()
	return [row.given_name ?? '-', row.locale, row.rhythm ?? 'usual'].join(' ')
}

async function change(address: string, changes: Parameters<typeof changeByStaff>[2], newsletter = 'news') {
	const { subscriber_id: id } = await subscriptionOf(app, address)
	expect(await changeByStaff(app, { id, newsletter }, changes, operator)).toEqual({ changed: true })
}

async function takeBack(id: number) {
	await beginUndo(app, id, operator)
	await app.drain()
	return getImport(app, id, operator)
}

const overwrite = ['names', 'choices'] as const
const tableOf = (...names: string[]) =>
	`email,first name,language,rhythm\n${names.map((name) => `${name}@restored.example,Imported,fr,monthly\n`).join('')}`

describe('Taking an import back', () => {
	it('restores names and choices, but for those that the person or staff have changed since', async () => {
		const names = ['same', 'nameless', 'renamed', 'there-and-back', 'chose', 'elsewhere', 'erased']
		const at = (name: string) => `${name}@restored.example`
		for (const name of names) await makeNamed(at(name), name === 'nameless' ? null : 'Old')
		await makeReader(app, otherId, { address: at('elsewhere') })
		const done = await importFile(app, tableOf(...names, 'added'), { overwrite: [...overwrite] })
		expect(done.outcomes).toMatchObject({ changed: 7, new: 1 })
		expect(await standing(at('same'))).toBe('Imported fr round_up')

		await change(at('renamed'), { givenName: 'Own' })
		await change(at('there-and-back'), { givenName: 'Other' })
		await change(at('there-and-back'), { givenName: 'Imported' })
		await change(at('chose'), { locale: 'en' })
		await change(at('chose'), { locale: 'fr' })
		// the name is the person's, whichever newsletter they say it to
		await change(at('elsewhere'), { givenName: 'Other' }, 'other')
		await change(at('elsewhere'), { givenName: 'Imported' }, 'other')
		await eraseReader(app, { address: at('erased') }, operator)

		const undone = await takeBack(done.id)
		expect(undone.undone).toEqual({ removed: 1, kept: 0, restored: 2, changedSince: 4 })
		expect(await standing(at('same'))).toBe('Old en usual')
		expect(await standing(at('nameless'))).toBe('- en usual')
		expect(await standing(at('renamed'))).toBe('Own en usual')
		expect(await standing(at('there-and-back'))).toBe('Imported en usual')
		expect(await standing(at('chose'))).toMatch(/^Old fr /)
		expect(await standing(at('elsewhere'))).toBe('Imported en usual')
		const { id } = await subscriptionOf(app, at('same'))
		const receipts = await receiptsOf(app, id)
		expect(receipts.map(({ action, page }) => `${action}: ${page}`)).toEqual([
			`named: import ${done.id} (asked)`,
			`chosen: import ${done.id} (asked)`,
			`named: import ${done.id} (taken back)`,
			`chosen: import ${done.id} (taken back)`,
		])
		expect(receipts.at(-1)?.choices).toMatchObject({ locale: 'en', allTopics: true, rhythm: 'each' })
		const kept = await app.db
			.selectFrom('import_rows')
			.select('overwritten')
			.where('address', 'is', null)
			.execute()
		expect(kept).toEqual([{ overwritten: null }])
		expect(await checkTallies(app)).toEqual([])
	})

	it('restores what was before two imports, the later one taken back first', async () => {
		const [twice, named] = ['layers', 'layers-named'].map((name) => `${name}@restored.example`) as [
			string,
			string,
		]
		for (const address of [twice, named]) await makeNamed(address, 'Old')
		const tableWith = (name: string, language: string) =>
			`email,first name,language\n${twice},${name},${language}\n${named},${name},${language}\n`
		const first = await importFile(app, tableWith('First', 'fr'), { overwrite: [...overwrite] })
		const second = await importFile(app, tableWith('Second', 'en'), { overwrite: [...overwrite] })
		expect((await takeBack(second.id)).undone).toMatchObject({ restored: 2, changedSince: 0 })
		expect(await standing(twice)).toBe('First fr usual')
		// as the import said, but by the person
		await change(named, { givenName: 'Own' })
		await change(named, { givenName: 'First' })
		expect((await takeBack(first.id)).undone).toMatchObject({ restored: 1, changedSince: 1 })
		expect(await standing(twice)).toBe('Old en usual')
		expect(await standing(named)).toBe('First en usual')
	})

	it('leaves what a later import has overwritten again, and gives that back with the later one', async () => {
		await makeNamed('twice@restored.example', 'Old')
		const first = await importFile(app, 'email,first name\ntwice@restored.example,First\n', {
			overwrite: ['names'],
		})
		const second = await importFile(app, 'email,first name\ntwice@restored.example,Second\n', {
			overwrite: ['names'],
		})
		expect((await takeBack(first.id)).undone).toMatchObject({ restored: 0, changedSince: 1 })
		expect((await takeBack(second.id)).undone).toMatchObject({ restored: 1, changedSince: 0 })
		expect(await standing('twice@restored.example')).toBe('First en usual')
	})
})
