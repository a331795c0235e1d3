import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planDigest } from '../../src/deliveries/index.ts'
import { triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { addDays } from '../../src/kernel/clock.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import {
	beginRun,
	beginUndo,
	checkTallies,
	continueImport,
	eraseReader,
	getImport,
	listImportRows,
	pauseReader,
	preferencesUrl,
	subscribe,
	unsubscribeByStaff,
} from '../../src/subscriptions/index.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { receiptsOf, stateOf, subscribeFully, subscriptionOf } from '../subscriptions/people.ts'
import { bringFile, importFile, outcomesOf } from '../support/bring-file.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

// a file of readers, from its first byte to its end, on both databases

let app: TestApp
let newsletterId: number

beforeAll(async () => {
	app = await startTestApp()
	newsletterId = (await makeNewsletter(app, { slug: 'news' })).id
})
afterAll(() => app?.close())

const runs = async (importId: number) => {
	await beginRun(app, importId, operator)
	await app.drain()
	return getImport(app, importId, operator)
}

/** Erases somebody who was a reader. */
async function makeErased(address: string): Promise<void> {
	await makeReader(app, newsletterId, { address })
	await eraseReader(app, { address }, operator)
}

async function makeSuppressed(address: string, reason: 'dead_address' | 'complaint'): Promise<void> {
	const addressHash = hashAddress(app.keys, address)
	await suppress(app.db, { addressHash, reason, evidence: null, at: app.clock.now() })
}

describe('what becomes of a row', () => {
	it('is told before anything happens, and happens: the sums are the rows of the file', async () => {
		await makeReader(app, newsletterId, { address: 'here@sums.example' })
		await makeReader(app, newsletterId, { address: 'left@sums.example', state: 'unsubscribed' })
		await makeErased('erased@sums.example')
		await makeSuppressed('dead@sums.example', 'dead_address')
		await makeSuppressed('complained@sums.example', 'complaint')
		const csv = [
			'email,state,joined',
			'new@sums.example,,2020-05-06',
			'here@sums.example,,',
			'left@sums.example,,',
			'erased@sums.example,,',
			'dead@sums.example,,',
			'complained@sums.example,,',
			'no address,,',
			'New@Sums.example,,',
			'gone-there@sums.example,unsubscribed,',
			'bounced-there@sums.example,bounced,',
			'complained-there@sums.example,complained,',
		].join('\n')
		const expected = {
			new: 1,
			known: 1,
			left: 1,
			erased: 1,
			suppressed: 2,
			unusable: 1,
			duplicate: 1,
			arrives_left: 1,
			arrives_suppressed: 2,
		}

		const checked = await bringFile(app, csv)
		expect(checked).toMatchObject({ state: 'checked', staged: 11, bytesRead: csv.length })
		expect(outcomesOf(checked)).toEqual(expected)
		expect(await stateOf(app, 'new@sums.example')).toBeUndefined()

		const done = await runs(checked.id)
		expect(done).toMatchObject({ state: 'done', position: 11 })
		expect(outcomesOf(done)).toEqual(expected)
		expect(await stateOf(app, 'new@sums.example')).toBe('active')
		expect(await stateOf(app, 'left@sums.example')).toBe('unsubscribed')
		expect(await stateOf(app, 'gone-there@sums.example')).toBe('unsubscribed')
		for (const out of ['erased', 'dead', 'complained', 'bounced-there', 'complained-there']) {
			expect(await stateOf(app, `${out}@sums.example`), out).toBeUndefined()
		}
		const suppressed = await app.db
			.selectFrom('suppressions')
			.select(['address_hash', 'reason'])
			.where('evidence', '=', `import ${done.id}`)
			.orderBy('reason')
			.execute()
		expect(suppressed).toEqual([
			{ address_hash: hashAddress(app.keys, 'complained-there@sums.example'), reason: 'complaint' },
			{ address_hash: hashAddress(app.keys, 'bounced-there@sums.example'), reason: 'dead_address' },
		])
		expect(await checkTallies(app)).toEqual([])
	})

	it('is kept with its receipt: since when, by which words, from which file', async () => {
		const done = await importFile(
			app,
			'email,joined,name\nproof@kept.example,2021-02-03,Awa\nlater@kept.example,,',
		)
		const subscription = await subscriptionOf(app, 'proof@kept.example')
		expect(subscription).toMatchObject({ state: 'active', source: 'import', import_id: done.id })
		expect(subscription.created_at.toISOString()).toBe('2021-02-03T00:00:00.000Z')
		const [receipt, ...more] = await receiptsOf(app, subscription.id)
		expect(more).toEqual([])
		expect(receipt).toMatchObject({
			action: 'imported',
			wording: 'I would like the newsletter.',
			page: `import ${done.id} (asked)`,
			choices: { basis: 'asked', evidence: 'paper forms', import: done.id },
		})
		const later = await subscriptionOf(app, 'later@kept.example')
		// what the file does not say is as it was given
		expect(later.confirmed_at?.toISOString()).toBe('2024-03-01T00:00:00.000Z')
	})

	it('is judged again when it is written: who left or was erased meanwhile stays out', async () => {
		for (const name of ['leaves', 'stays', 'erased', 'dies']) {
			await makeReader(app, newsletterId, { address: `${name}@again.example` })
		}
		const csv = [
			'email',
			...['leaves', 'stays', 'erased', 'dies', 'signs-up'].map((name) => `${name}@again.example`),
		].join('\n')
		const { id, outcomes } = await bringFile(app, csv)
		expect(outcomes).toMatchObject({ known: 4, new: 1 })

		const { subscriber_id } = await subscriptionOf(app, 'leaves@again.example')
		await unsubscribeByStaff(app, { id: subscriber_id }, operator)
		await eraseReader(app, { address: 'erased@again.example' }, operator)
		await makeSuppressed('dies@again.example', 'dead_address')
		await subscribeFully(app, 'signs-up@again.example')

		expect(outcomesOf(await runs(id))).toEqual({ known: 2, left: 1, erased: 1, suppressed: 1 })
		expect(await stateOf(app, 'leaves@again.example')).toBe('unsubscribed')
		expect(await stateOf(app, 'erased@again.example')).toBeUndefined()
		const rows = await listImportRows(app, id, { limit: 10 }, operator)
		// nothing of who was erased is left in what was read of the file
		expect(rows.map(({ address }) => address)).not.toContain('erased@again.example')
	})

	it('is never a second row: the same address ten thousand times', async () => {
		const csv = `email\n${'often@same.example\n'.repeat(10_000)}`
		expect(outcomesOf(await importFile(app, csv))).toEqual({ new: 1, duplicate: 9_999 })
		const csvOfLeft = `email,state\n${'gone@same.example,\n'.repeat(9)}gone@same.example,unsubscribed\n`
		expect(outcomesOf(await importFile(app, csvOfLeft))).toEqual({ arrives_left: 1, duplicate: 9 })
		expect(await stateOf(app, 'gone@same.example')).toBe('unsubscribed')
	})
})

describe('two imports of the same file at once', () => {
	it('add everybody once, without an error', async () => {
		const addresses = Array.from({ length: 3_000 }, (_, index) => `reader${index}@twice.example`)
		const csvs = [addresses, addresses.toReversed()].map((each) => ['email', ...each].join('\n'))
		const imports = await Promise.all(csvs.map((csv) => bringFile(app, csv)))
		for (const { id } of imports) await beginRun(app, id, operator)
		// several processes at once, as if it were on several machines
		await Promise.all(imports.flatMap(({ id }) => [1, 2].map(() => continueImport(app, { importId: id }))))
		await app.drain()
		const done = await Promise.all(imports.map(({ id }) => getImport(app, id, operator)))
		expect(done.map(({ state, failures }) => [state, failures])).toEqual([
			['done', 0],
			['done', 0],
		])
		const sums = done.map(({ outcomes }) => [outcomes?.new ?? 0, outcomes?.known ?? 0])
		expect(sums[0]?.map((count, index) => count + (sums[1]?.[index] ?? 0))).toEqual([3_000, 3_000])
		expect(await checkTallies(app)).toEqual([])
	})
})

describe('taking an import back', () => {
	it('takes away what it added, but nobody who has done something since', async () => {
		const names = ['untouched', 'chose', 'left', 'suppressed-there', 'gone-there', 'digest']
		const states: Record<string, string> = { 'suppressed-there': 'complained', 'gone-there': 'unsubscribed' }
		const csv = ['email,state', ...names.map((name) => `${name}@back.example,${states[name] ?? ''}`)].join(
			'\n',
		)
		await makeReader(app, newsletterId, { address: 'before@back.example' })
		const done = await importFile(app, `${csv}\nbefore@back.example,`)
		expect(done.state).toBe('done')

		const left = await subscriptionOf(app, 'left@back.example')
		await unsubscribeByStaff(app, { id: left.subscriber_id }, operator)
		const chose = await subscriptionOf(app, 'chose@back.example')
		const now = app.clock.now()
		await app.db
			.insertInto('consent_receipts')
			.values({
				subscription_id: chose.id,
				action: 'chosen',
				wording: null,
				wording_version: null,
				locale: 'en',
				page: 'preferences',
				ip: null,
				choices: null,
				at: now,
			})
			.execute()

		await beginUndo(app, done.id, operator)
		await app.drain()
		const undone = await getImport(app, done.id, operator)
		expect(undone).toMatchObject({ state: 'undone', undone: { removed: 4, kept: 2 } })
		expect(await stateOf(app, 'untouched@back.example')).toBeUndefined()
		expect(await stateOf(app, 'gone-there@back.example')).toBeUndefined()
		expect(await stateOf(app, 'left@back.example')).toBe('unsubscribed')
		expect(await stateOf(app, 'chose@back.example')).toBe('active')
		expect(await stateOf(app, 'before@back.example')).toBe('active')
		const persons = await app.db
			.selectFrom('subscribers')
			.select('comparable_address')
			.where('domain', '=', 'back.example')
			.orderBy('comparable_address')
			.execute()
		expect(persons.map((each) => each.comparable_address)).toEqual(
			['before', 'chose', 'left'].map((name) => `${name}@back.example`),
		)
		const standing = await app.db
			.selectFrom('suppressions')
			.select('reason')
			.where('evidence', '=', `import ${done.id}`)
			.where('lifted_at', 'is', null)
			.execute()
		expect(standing).toEqual([])
		expect(await checkTallies(app)).toEqual([])
	})

	it('leaves those who were planned a digest since', async () => {
		const { id } = await makeNewsletter(app, { slug: 'digested' })
		const csv = 'email,status\nmailed@digested.example,\ngone@digested.example,unsubscribed\n'
		const done = await importFile(app, csv, { newsletter: 'digested' })
		await makeStory(app, id)
		const made = await triggerDigest(app, id, { by: operator })
		if (made.kind !== 'created') throw new Error(made.kind)
		await planDigest(app, made.digest.id)
		await beginUndo(app, done.id, operator)
		await app.drain()
		expect(await getImport(app, done.id, operator)).toMatchObject({ undone: { removed: 1, kept: 1 } })
		expect(await stateOf(app, 'mailed@digested.example', 'digested')).toBe('active')
	})

	it('takes back all that was added by then of one that adds many at once', async () => {
		const { id: newsletter } = await makeNewsletter(app, { slug: 'halfway' })
		const lines = Array.from({ length: 12_000 }, (_, index) => `r${index}@halfway.example`)
		const { id } = await bringFile(app, ['email', ...lines].join('\n'), { newsletter: 'halfway' })
		await beginRun(app, id, operator)
		const adding = continueImport(app, { importId: id })
		await expect
			.poll(async () => (await getImport(app, id, operator)).position, { interval: 5 })
			.toBeGreaterThan(0)
		await beginUndo(app, id, operator)
		await adding
		await app.drain()
		const { state, undone } = await getImport(app, id, operator)
		const left = await app.db
			.selectFrom('subscriptions')
			.select('id')
			.where('newsletter_id', '=', newsletter)
			.execute()
		expect([state, undone?.kept, left.length]).toEqual(['undone', 0, 0])
	})

	it('ends one that runs where it is, and takes that back', async () => {
		const { id } = await bringFile(app, 'email\none@ended.example\ntwo@ended.example\nthree@ended.example', {
			basis: { kind: 'unsure', perDay: 24 },
		})
		await beginRun(app, id, operator)
		await app.drain()
		expect(await getImport(app, id, operator)).toMatchObject({ state: 'running', position: 1 })
		await beginUndo(app, id, operator)
		await app.drain()
		expect(await getImport(app, id, operator)).toMatchObject({
			state: 'undone',
			undone: { removed: 1, kept: 0 },
		})
		expect(await stateOf(app, 'one@ended.example')).toBeUndefined()
	})
})

describe('while an import runs', () => {
	it('people sign up, leave, pause and are erased without an error, and what they did holds', {
		timeout: 90_000,
	}, async () => {
		const newsletter = await makeNewsletter(app, { slug: 'busy' })
		const address = (kind: string, number: number) => `${kind}${number}@busy.example`
		const kinds = ['signs-up', 'leaves', 'pauses', 'erased'] as const
		const numbers = Array.from({ length: 12 }, (_, index) => index)
		const ids = new Map<string, number>()
		for (const kind of ['leaves', 'pauses', 'erased']) {
			for (const number of numbers) {
				const email = address(kind, number)
				ids.set(email, await makeReader(app, newsletter.id, { address: email }))
			}
		}
		const others = Array.from({ length: 3_000 }, (_, index) => address('other', index))
		const all = [...kinds.flatMap((kind) => numbers.map((number) => address(kind, number))), ...others]
		// some of them in each batch
		const mixed = all.toSorted((a, b) => (a.length % 7) - (b.length % 7) || (a < b ? -1 : 1))
		const { id } = await bringFile(app, ['email', ...mixed].join('\n'), {
			newsletter: 'busy',
			overwrite: ['names', 'choices'],
		})
		await beginRun(app, id, operator)
		const tokenOf = (email: string) =>
			preferencesUrl(app, { subscriptionId: ids.get(email) ?? 0, digestId: 0 })
				.split('/')
				.at(-1) ?? ''
		const acts = numbers.flatMap((number) => [
			async () =>
				void (await subscribe(app, {
					newsletter,
					email: address('signs-up', number),
					locale: 'en',
					page: 'test',
					came: { source: 'page' },
					ip: '192.0.2.1',
				})),
			async () => {
				const { subscriber_id } = await subscriptionOf(app, address('leaves', number), 'busy')
				await unsubscribeByStaff(app, { id: subscriber_id }, operator)
			},
			async () =>
				void (await pauseReader(app, {
					token: tokenOf(address('pauses', number)),
					until: addDays(app.clock.now(), 30),
					page: 'test',
					ip: '',
				})),
			async () => void (await eraseReader(app, { address: address('erased', number) }, operator)),
		])
		await Promise.all([continueImport(app, { importId: id }), ...acts.map((act) => act())])
		await app.drain()
		const done = await getImport(app, id, operator)
		expect(done).toMatchObject({ state: 'done', failures: 0 })
		for (const number of numbers) {
			expect(await stateOf(app, address('leaves', number), 'busy')).toBe('unsubscribed')
			expect(await stateOf(app, address('erased', number), 'busy')).toBeUndefined()
			expect(['active', 'pending']).toContain(await stateOf(app, address('signs-up', number), 'busy'))
		}
		expect(await checkTallies(app)).toEqual([])
	})
})
