import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8')
const page = read('docs/mail-rules.md')
const rules = [...page.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id)

it('Each mail rule that is cited stands in docs/mail-rules.md, once', () => {
	const files = globSync(['{src,workers,emails,test,bench,docs}/**/*.{ts,js,md,sql,mjml,eta}'], { cwd: root })
	const cited = files.flatMap((file) => {
		const lists = [
			...read(file).matchAll(
				/mail-rules\s+((?:[\w.]+, )*[\w.]+)|\(((?:[UHFASPT]\d{1,2}, )*[UHFASPT]\d{1,2})\)/g,
			),
		]
		return lists
			.flatMap(([, named, listed]) => (named ?? listed ?? '').split(', '))
			.filter((id) => /^[A-Z]?[\d.]+$/.test(id))
			.map((id) => ({ file, id: id.replace(/\.$/, '') }))
	})
	expect(cited.length).toBeGreaterThan(100)
	expect(cited.filter(({ id }) => !rules.includes(id))).toEqual([])
	expect(rules).toEqual([...new Set(rules)])
})

it('Each file that docs/mail-rules.md names exists', () => {
	const named = [...page.matchAll(/`((?:src|emails|test)\/[\w./-]+)`/g)].map(([, file]) => file ?? '')
	expect(named.length).toBeGreaterThan(60)
	expect(named.filter((file) => !existsSync(root + file))).toEqual([])
})
