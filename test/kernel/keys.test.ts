import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
	deriveKeys,
	hashAddress,
	hashToken,
	randomToken,
	signToken,
	verifyToken,
} from '../../src/kernel/keys.ts'

const secret = 'a master secret of 32 characters or more'
const keys = deriveKeys(secret)

describe('a signed token', () => {
	it('holds the numbers it was made of', () => {
		fc.assert(
			fc.property(fc.array(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { maxLength: 4 }), (values) => {
				expect(verifyToken(keys, 'unsubscribe', signToken(keys, 'unsubscribe', values))).toEqual(values)
			}),
		)
	})

	it('is worthless once a character of it is altered (U8)', () => {
		const token = signToken(keys, 'unsubscribe', [1234, 56])
		for (let at = 0; at < token.length; at++) {
			const altered = `${token.slice(0, at)}${token[at] === 'x' ? 'y' : 'x'}${token.slice(at + 1)}`
			// the last character of base64url carries two bits that are not used
			if (at < token.length - 1) expect(verifyToken(keys, 'unsubscribe', altered)).toBeUndefined()
		}
		for (const noise of ['', '.', '1', '1..', token.slice(0, -1), `${token}x`, 'x'.repeat(10_000)]) {
			expect(verifyToken(keys, 'unsubscribe', noise)).toBeUndefined()
		}
	})

	it('is for one purpose (T1)', () => {
		expect(verifyToken(keys, 'return-path', signToken(keys, 'unsubscribe', [1]))).toBeUndefined()
	})

	it('works on after the keys were rotated, and those of before can be kept by name (U10)', () => {
		const before = signToken(keys, 'unsubscribe', [7])
		const rotated = deriveKeys(secret, [
			{ id: 'b', secret: 'a newer secret of 32 characters or more' },
			{ id: '1', secret },
		])
		expect(verifyToken(rotated, 'unsubscribe', before)).toEqual([7])
		expect(signToken(rotated, 'unsubscribe', [7])).toMatch(/^b\./)
		const dropped = deriveKeys(secret, [{ id: 'b', secret: 'a newer secret of 32 characters or more' }])
		expect(verifyToken(dropped, 'unsubscribe', before)).toBeUndefined()
	})

	it('never changes, for it lies in mails, nor does what is stored of others (U10)', () => {
		expect(signToken(keys, 'unsubscribe', [7, 123_456])).toBe('1.7.2n9c.O_bFR8y835zA2e1OFfA4mQ')
		expect(signToken(keys, 'return-path', [7, 123_456], 'hex')).toBe(
			'1.7.2n9c.717409263578cc0c7fe1b90cdc2c1159',
		)
		expect(hashToken(keys, 'token')).toBe('NAxyG4w6d0XUk9NRIcpQsbsJ5tdBZBuW_eAlc8Um6mg')
		expect(hashAddress(keys, 'ada@example.net')).toBe('7P8tWNbDNGSA7zViNY-UMWaTMHnn3vG3j-aWRcN9ALs')
	})

	it('survives lower-casing where it is part of an address (S5)', () => {
		const token = signToken(keys, 'return-path', [99, 123_456], 'hex')
		expect(token.toLowerCase()).toBe(token)
		expect(verifyToken(keys, 'return-path', token, 'hex')).toEqual([99, 123_456])
	})
})

describe('a random token', () => {
	it('has 256 bits, and its stored hash is keyed (T1)', () => {
		const token = randomToken()
		expect(Buffer.from(token, 'base64url')).toHaveLength(32)
		expect(hashToken(keys, token)).not.toBe(hashToken(deriveKeys(`${secret}!`), token))
		expect(hashToken(keys, token)).not.toContain(token)
	})
})

describe('the hash of an address', () => {
	it('stays the same when the keys of links rotate, so that who left stays out', () => {
		const rotated = deriveKeys(secret, [{ id: 'b', secret: 'a newer secret of 32 characters or more' }])
		expect(hashAddress(rotated, 'jane@example.org')).toBe(hashAddress(keys, 'jane@example.org'))
	})
})
