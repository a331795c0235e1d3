import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram } from '../support/find-servers.ts'
import { type StaffCalls, staffOf } from '../support/staff-client.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

const schemathesis = findProgram('schemathesis')
if (!schemathesis) {
	console.warn(
		'Left out: the whole API before Schemathesis, which is not installed (pip install schemathesis).',
	)
}

// SCHEMATHESIS_SEED tries other input; the same seed makes the same cases: a few of each operation, or, with EVERYTHING, as
// in .ci/run, as many as a minute has room for
const seed = process.env.SCHEMATHESIS_SEED ?? '35'
const howMuch = process.env.EVERYTHING ? '--max-time=60' : '--phases=examples,fuzzing --max-examples=1'
const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url))

let app: TestApp
let staff: StaffCalls
let folder: string
beforeAll(async () => {
	if (!schemathesis) return
	folder = await mkdtemp(join(tmpdir(), 'envoi-schemathesis-'))
	app = await startTestApp()
	staff = await staffOf(app)
	await staff.call('post', '/newsletters', {
		slug: 'news',
		texts: { en: { name: 'News' }, fr: { name: 'Nouvelles' } },
		fromAddress: 'news@example.org',
		postalAddress: '12 Harbour Street',
		contact: 'hello@example.org',
	})
	for (const title of ['A well', 'A school']) {
		await staff.call('post', '/newsletters/news/stories', { locale: 'en', title })
	}
	await staff.call('post', '/newsletters/news/sources', { url: 'http://127.0.0.1:9/feed', locale: 'fr' })
	await staff.call('post', '/newsletters/news/digests', { storyIds: [1] })
	await app.drain()
})
afterAll(async () => {
	if (!schemathesis) return
	await app.close()
	await rm(folder, { recursive: true, force: true })
})

/** Runs Schemathesis against the app's own document; gives its exit code and what it said. */
async function tryAll(...options: string[]): Promise<{ code: number | null; said: string }> {
	const run = spawn(
		schemathesis,
		[
			...['--config-file', config, 'run'],
			`${app.url}/api/openapi.json`,
			...['--header', `Authorization: Bearer ${staff.key}`, '--seed', seed],
			// a document can't say all that is checked, such as that a cron pattern comes up: input that fits it may be refused
			...['--exclude-checks', 'positive_data_acceptance', '--warnings', 'off', '--request-timeout', '30'],
			...options,
		],
		{ cwd: folder, env: { ...process.env, NO_COLOR: '1' } },
	)
	const ended = new Promise<number | null>((resolve) => run.once('close', resolve))
	const said = (await Promise.all([text(run.stdout), text(run.stderr)])).join('')
	return { code: await ended, said }
}

describe.skipIf(!schemathesis)('Schemathesis', { timeout: 300_000 }, () => {
	const revoking = 'deleteApiApiKeysById'

	it('finds no answer in the whole API that the document does not tell, and none of 500', async () => {
		console.info(`Schemathesis: seed ${seed}, ${howMuch}`)
		// which would revoke the key that it calls with
		const { code, said } = await tryAll(...howMuch.split(' '), '--exclude-operation-id', revoking)
		expect(code, said).toBe(0)
		expect(said).toMatch(/[1-9]\d{2,} generated/)
		expect(app.logged.filter((line) => line.includes('the request failed'))).toEqual([])
	})

	it('finds none where keys are revoked', async () => {
		const { code, said } = await tryAll('--max-examples', '20', '--include-operation-id', revoking)
		expect([code, said]).toEqual([0, said])
	})
})
