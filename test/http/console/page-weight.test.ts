import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../src/http/', import.meta.url))
const weigh = (pattern: string) =>
	globSync(pattern, { cwd: root }).map((file) => gzipSync(readFileSync(join(root, file))).length)

it('No page of the console brings more than 30 KB of script and style, compressed', () => {
	const styles = [...weigh('console/public/styles/*.css'), ...weigh('server/public/*.css')]
	const scripts = weigh('console/public/*.js')
	expect(styles.length).toBeGreaterThan(10)
	expect(scripts.length).toBeGreaterThan(3)
	// all of them together: a page has fewer
	expect([...styles, ...scripts].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(30_000)
})
