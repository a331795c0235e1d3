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

test('The ways through the house name each file from `src/` on, or from the root', () => {
	const ways = page.slice(page.indexOf('## An address'), page.indexOf('## What is promised'))
	const named = [...ways.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file)
	expect(named.length).toBeGreaterThan(40)
	expect(named.filter((name) => !files.includes(name) && !files.includes(`src/${name}`))).toEqual([])
})
