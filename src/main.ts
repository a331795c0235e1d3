#!/usr/bin/env -S node --max-semi-space-size=4
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// what Node has compiled is kept for the next start; where it can't be written, each compiles anew
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))
const { runCommandLine } = await import('./commands/run-command-line.ts')
const { readEnvFile } = await import('./config.ts')

const { stdout, stderr } = process
// the reader of a pipe may have read enough, as "| head" does
stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error
	process.exit(0)
})

const trouble = tryToLoadEnvFile()
const exitCode = await runCommandLine(process.argv.slice(2), { stdout, stderr }, trouble)
if (exitCode !== undefined) process.exit(exitCode)

/** Before anything else is read, for the language may stand in it; told once that language is known. */
function tryToLoadEnvFile(): { error: unknown } | undefined {
	try {
		readEnvFile()
		return undefined
	} catch (error) {
		return { error }
	}
}
