import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

// the young generation can't be bounded once Node runs
const flag = '--max-semi-space-size=4'

it('Node is started with the same flags from everywhere', () => {
	const { bin, scripts } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
	expect(read(bin?.envoi ?? '').split('\n')[0]).toBe(`#!/usr/bin/env -S node ${flag}`)
	const starts = Object.values(scripts ?? {}).filter((script) => script.includes('src/main.ts'))
	expect(starts.length).toBeGreaterThan(2)
	for (const script of starts) expect(script).toContain(`node ${flag} `)
	expect(read('Dockerfile')).toContain(`ENTRYPOINT ["node", "${flag}", "src/main.ts"]`)
	for (const line of read('README.md').match(/^.*\bnode [^\n]*src\/main\.ts.*$/gm) ?? [])
		expect(line).toContain(flag)
})
