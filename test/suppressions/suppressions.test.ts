import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import {
	findSuppression,
	importSuppressions,
	liftSuppression,
	suppress,
} from '../../src/suppressions/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp

beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())

const hashOf = (address: string) => hashAddress(app.keys, address)

describe('a suppression', () => {
	it('is kept by the keyed hash of the address, not by the address', async () => {
		const addressHash = hashOf('dead@example.org')
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: 'report 7', at: app.clock.now() })
		expect((await findSuppression(app.db, addressHash))?.reason).toBe('dead_address')
		expect(JSON.stringify(await app.db.selectFrom('suppressions').selectAll().execute())).not.toContain(
			'dead@',
		)
		expect(await findSuppression(app.db, hashOf('other@example.org'))).toBeUndefined()
	})

	it('that a person asked for is not weakened by a later bounce', async () => {
		const addressHash = hashOf('angry@example.org')
		const put = (reason: 'complaint' | 'dead_address' | 'mailbox_unusable') =>
			suppress(app.db, { addressHash, reason, evidence: null, at: app.clock.now() })
		expect(await put('dead_address')).toBe(true)
		expect(await put('complaint')).toBe(true)
		expect(await put('mailbox_unusable')).toBe(false)
		expect((await findSuppression(app.db, addressHash))?.reason).toBe('complaint')
	})

	it('comes of two lists at the same moment, whatever their order', async () => {
		for (let round = 0; round < 5; round++) {
			const list = Array.from({ length: 200 }, (_, index) => `listed${round}-${index}@example.org`)
			const [one, other] = await Promise.all([
				importSuppressions(app, [Buffer.from(list.join('\n'))], operator),
				importSuppressions(app, [Buffer.from(list.toReversed().join('\n'))], operator),
			])
			expect(one.added + other.added).toBe(list.length)
		}
	})

	it('can be lifted once, keeps its row, and can come again', async () => {
		const addressHash = hashOf('back@example.org')
		const at = app.clock.now()
		await suppress(app.db, { addressHash, reason: 'complaint', evidence: null, at })
		expect(await liftSuppression(app.db, { addressHash, at })).toBe(true)
		expect(await liftSuppression(app.db, { addressHash, at })).toBe(false)
		expect(await findSuppression(app.db, addressHash)).toBeUndefined()
		await suppress(app.db, { addressHash, reason: 'dead_address', evidence: null, at })
		expect((await findSuppression(app.db, addressHash))?.reason).toBe('dead_address')
	})
})
