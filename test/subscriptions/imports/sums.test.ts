import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operator } from '../../../src/kernel/actor.ts'
import { hashAddress } from '../../../src/kernel/keys.ts'
import { checkTallies, eraseReader, listImportRows } from '../../../src/subscriptions/index.ts'
import { suppress } from '../../../src/suppressions/index.ts'
import { type Bringing, bringFile, importFile } from '../../support/bring-file.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'
import { stateOf } from '../people.ts'

// whatever stands in a file, and however its people stand here

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

const standings = ['unknown', 'active', 'pending', 'left', 'erased', 'dead', 'complained'] as const
const states = ['', 'subscribed', 'unsubscribed', 'bounced', 'complained'] as const

const persons = fc.array(fc.constantFrom(...standings), { minLength: 1, maxLength: 8 })
const rows = fc.array(
	fc.record({
		person: fc.integer({ min: -1, max: 7 }),
		state: fc.constantFrom(...states),
		day: fc.boolean(),
	}),
	{ minLength: 1, maxLength: 30 },
)

it('the sums are the rows, the forecast comes true, nobody is brought back, and a second time adds nobody', async () => {
	let runs = 0
	await fc.assert(
		fc.asyncProperty(persons, rows, async (people, lines) => {
			const slug = `sums-${++runs}`
			const { id: newsletterId } = await makeNewsletter(app, { slug })
			const address = (person: number) => `p${person}@${slug}.example`
			for (const [person, standing] of people.entries()) await make(newsletterId, address(person), standing)
			const before = await statesOf(slug, people, address)
			const csv = [
				'email,status,joined,language',
				'first@sums.example,,2020-02-02,en',
				...lines.map(({ person, state, day }) =>
					[
						person < 0 ? 'nobody' : address(person % people.length),
						state,
						day ? '2021-05-05' : '',
						'en',
					].join(','),
				),
			].join('\n')

			const how: Bringing = {
				newsletter: slug,
				basis: { kind: 'asked', evidence: 'forms' },
				// where hardly any row has an address, no column looks like one of addresses
				shape: { columns: ['address', 'state', 'joined_at', 'language'] },
			}
			const shaped = await bringFile(app, csv, how)
			const sum = (outcomes: object | null) =>
				Object.values(outcomes ?? {}).reduce((total, each) => total + each, 0)
			expect(sum(shaped.outcomes)).toBe(lines.length + 1)
			const done = await importFile(app, csv, how)
			expect(sum(done.outcomes)).toBe(lines.length + 1)
			expect(done.outcomes).toEqual(shaped.outcomes)
			const told = await listImportRows(app, done.id, { limit: 100 }, operator)
			expect(told.map(({ number }) => number)).toEqual(told.map((_, index) => index + 1))

			const after = await statesOf(slug, people, address)
			for (const [person, standing] of people.entries()) {
				if (standing !== 'unknown') expect([standing, after[person]]).toEqual([standing, before[person]])
			}
			const again = await importFile(app, csv, how)
			expect(again.outcomes?.new ?? 0).toBe(0)
			expect(await statesOf(slug, people, address)).toEqual(after)
			expect(await checkTallies(app)).toEqual([])
		}),
		{ numRuns: 25 },
	)
}, 120_000)

async function make(
	newsletterId: number,
	address: string,
	standing: (typeof standings)[number],
): Promise<void> {
	const isKnown = standing === 'active' || standing === 'pending' || standing === 'erased'
	if (isKnown)
		await makeReader(app, newsletterId, { address, state: standing === 'pending' ? 'pending' : 'active' })
	if (standing === 'left') await makeReader(app, newsletterId, { address, state: 'unsubscribed' })
	if (standing === 'erased') await eraseReader(app, { address }, operator)
	const reason = standing === 'dead' ? 'dead_address' : standing === 'complained' ? 'complaint' : undefined
	if (!reason) return
	await suppress(app.db, {
		addressHash: hashAddress(app.keys, address),
		reason,
		evidence: null,
		at: app.clock.now(),
	})
}

function statesOf(slug: string, people: readonly string[], address: (person: number) => string) {
	return Promise.all(people.map((_, person) => stateOf(app, address(person), slug)))
}
