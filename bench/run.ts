import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// `npm run bench` runs every benchmark of this folder, one after the other; `npm run bench -- NAME` only that one.

const folder = new URL('./', import.meta.url)
const known = readdirSync(folder)
	.filter((name) => name.endsWith('.ts') && name !== 'run.ts')
	.map((name) => name.replace(/\.ts$/, ''))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) {
	console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
	process.exit(2)
}

const failed = (wanted.length > 0 ? wanted : known).filter((name) => {
	const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`${name}.ts`, folder))], {
		stdio: 'inherit',
	})
	return status !== 0
})
if (failed.length > 0) {
	console.error(`Not finished: ${failed.join(', ')}`)
	process.exit(1)
}
