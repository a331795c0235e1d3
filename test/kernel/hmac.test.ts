import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHmacSha256 } from '../../src/kernel/hmac.ts'

test('an HMAC is that of Node’s crypto, whatever the key and the text, one after the other', () => {
	const key = fc.uint8Array({ maxLength: 64 })
	const texts = fc.array(fc.string({ unit: 'binary', maxLength: 700 }).map((text) => text.toWellFormed()))
	fc.assert(
		fc.property(key, texts, (octets, given) => {
			const hmac = createHmacSha256(Buffer.from(octets))
			for (const text of given) {
				for (const encoding of ['binary', 'hex', 'base64url'] as const) {
					expect(hmac(text, encoding)).toBe(createHmac('sha256', octets).update(text).digest(encoding))
				}
			}
		}),
	)
})

test('a key longer than a block is refused, and none is printed', () => {
	expect(() => createHmacSha256(Buffer.alloc(65))).toThrow('key')
	const hmac = createHmacSha256(Buffer.from('an octet string'))
	expect(inspect({ hmac }, { showHidden: true, depth: null })).not.toMatch(/Buffer|<|octet/)
})
