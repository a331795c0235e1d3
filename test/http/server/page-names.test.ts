import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pageNames } from '../../../src/http/server/page-names.ts'

test('Each page has its template, and each template but the layout and the parts of others its name', () => {
	const folder = fileURLToPath(new URL('../../../src/http/', import.meta.url))
	const templates = globSync('*/pages/**/*.eta', { cwd: folder }).map((file) =>
		file.replace('/pages/', '/').replace(/\.eta$/, ''),
	)
	const pages = templates.filter(
		(name) => !name.endsWith('/layout') && (!name.includes('/parts/') || name === 'server/parts/form-code'),
	)
	expect(pages.sort()).toEqual([...pageNames].sort())
})
