import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'
import type {} from '../support/provided.ts'

const run = promisify(execFile)
const source = (file: string) => JSON.stringify(new URL(`../../src/${file}`, import.meta.url))

/** How many of PostgreSQL's functions are compiled thoroughly where the embedded database is opened and asked something. */
async function thoroughIn(options: { isShort: boolean; memory: number }): Promise<number> {
	const script = `
		import { readFileSync } from 'node:fs'
		import { sql } from 'kysely'
		import { tuneCompiler } from ${source('commands/tune-compiler.ts')}
		import { openDatabase } from ${source('db/open-database.ts')}
		tuneCompiler(${JSON.stringify(options)})
		const dump = new Blob([readFileSync(${JSON.stringify(inject('migratedDump'))})])
		const { db, close } = await openDatabase({ folder: undefined, dump }, () => {})
		await sql\`select count(*) from pg_class\`.execute(db)
		await close()`
	// at once, not when there is time for it
	const flags = ['--trace-wasm-compilation-times', '--wasm-sync-tier-up']
	const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', script], {
		maxBuffer: 2 ** 26,
	})
	return stdout.match(/using TurboFan/g)?.length ?? 0
}

it('The embedded database is compiled thoroughly where that pays: not on a small machine, nor for a short command', async () => {
	const room = 8 * 1024 ** 3
	expect(await thoroughIn({ isShort: false, memory: room })).toBeGreaterThan(10)
	expect(await thoroughIn({ isShort: true, memory: room })).toBeLessThan(5)
	expect(await thoroughIn({ isShort: false, memory: 1024 ** 3 })).toBe(0)
}, 60_000)
