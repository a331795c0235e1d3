import { describe, expect, it } from 'vitest'
import { createSignInTools } from '../../src/sign-in/index.ts'

const password = 'a long walk by the river'

describe('Passwords', () => {
	const tools = createSignInTools()

	it('are kept as OWASP asks: scrypt with 32 MB, three times over, and a salt of their own', async () => {
		const [first, second] = await Promise.all([tools.hashPassword(password), tools.hashPassword(password)])
		expect(first.split('$').slice(0, 4)).toEqual(['scrypt', '32768', '8', '3'])
		expect(second).not.toBe(first)
		expect(await tools.verifyPassword(password, first)).toBe(true)
		expect(await tools.verifyPassword(`${password}s`, first)).toBe(false)
		expect(await tools.verifyPassword(password, null)).toBe(false)
	})

	it('are known by what they were made with, whatever new ones are made with', async () => {
		const older = createSignInTools({ N: 1_024, r: 8, p: 1 })
		expect(await tools.verifyPassword(password, await older.hashPassword(password))).toBe(true)
	})

	it('are the same however a keyboard composes their letters', async () => {
		const quick = createSignInTools({ N: 1_024, r: 8, p: 1 })
		const hash = await quick.hashPassword('une journée à la plage'.normalize('NFC'))
		expect(await quick.verifyPassword('une journée à la plage'.normalize('NFD'), hash)).toBe(true)
	})
})
