import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readWish } from './parts/read-wish.ts'

// `npm run bench` runs every benchmark of this folder, one after the other; `npm run bench -- NAME` only that one, and
// `npm run bench -- NAME ARGUMENT …` with these arguments.

const folder = new URL('./', import.meta.url)
const known = readdirSync(folder)
	.filter((name) => name.endsWith('.ts') && name !== 'run.ts')
	.map((name) => name.replace(/\.ts$/, ''))
const wish = readWish(process.argv.slice(2), known)
if ('unknown' in wish) {
	console.error(`There is no benchmark ${wish.unknown.join(', ')}. There are: ${known.join(', ')}.`)
	process.exit(2)
}

const { names, passedOn } = wish
const failed = names.filter((name) => {
	const file = fileURLToPath(new URL(`${name}.ts`, folder))
	return spawnSync(process.execPath, [file, ...passedOn], { stdio: 'inherit' }).status !== 0
})
if (failed.length > 0) {
	console.error(`Not finished: ${failed.join(', ')}`)
	process.exit(1)
}
