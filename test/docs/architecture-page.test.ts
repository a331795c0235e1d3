import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(new URL('../../docs/ARCHITECTURE.md', import.meta.url), 'utf8')
const files = globSync(['src/**/*.ts', 'workers/**/*.ts', 'test/**/*.ts', 'emails/**/*.ts'], { cwd: root })

test('Every file that the architecture page names is there', () => {
	const named = [...page.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file)
	expect(named.length).toBeGreaterThan(40)
	const missing = named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))
	expect(missing.filter((name) => !/^(store|index)\.ts$|NOUN/.test(name))).toEqual([])
})
