import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'

it('migrations are numbered one after the other, no number twice', () => {
	const files = readdirSync(new URL('../../src/db/migrations/', import.meta.url)).sort()
	expect(files.length).toBeGreaterThan(5)
	expect(files.map((file) => /^(\d{4})-[a-z-]+\.sql$/.exec(file)?.[1])).toEqual(
		files.map((_file, index) => String(index + 1).padStart(4, '0')),
	)
})
