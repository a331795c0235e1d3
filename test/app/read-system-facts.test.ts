import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createReadSystemFacts } from '../../src/app/read-system-facts.ts'

import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

it('tells versions, the size of the embedded database and the room on the disk of its folder', async () => {
	const dataDir = tmpdir()
	const database = { db: app.db, kind: app.databaseKind } as never
	const facts = await createReadSystemFacts(
		{ dataDir },
		{ database, redis: undefined },
		{ hasFolder: true },
	)()
	expect(facts).toMatchObject({
		node: process.versions.node,
		database: { kind: 'embedded', version: expect.stringMatching(/^\d+/) },
		redis: null,
		disk: { folder: dataDir },
	})
	expect(facts.database.bytes).toBeGreaterThan(1_000_000)
	expect(facts.disk?.bytes).toBeGreaterThan(facts.disk?.freeBytes ?? 0)
})

it('says nothing of a disk that is not its own', async () => {
	expect((await app.readSystemFacts()).disk).toBeNull()
})
