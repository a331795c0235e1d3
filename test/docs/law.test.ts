import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
const page = read('docs/law.md')

it('Each setting that docs/law.md names exists, and has the default that it tells', () => {
	const settings = read('.env.example')
	const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`(?: \((\d+)\))?/g)]
	expect(named.length).toBeGreaterThan(6)
	for (const [, name, usual] of named) expect(settings).toContain(usual ? `${name}=${usual}` : `${name}=`)
})

it('Each command that it names exists', () => {
	const { cli } = JSON.parse(read('src/strings/command-line/en.json'))
	const named = [...page.matchAll(/`(\w+) (\w+)(?: [A-Z]+| --\w+)?`/g)]
	expect(named.length).toBeGreaterThan(3)
	for (const [, group = '', name = ''] of named)
		expect([group, name, cli[group]?.[name]?.summary]).not.toContain(undefined)
})
