import { expect, test } from 'vitest'
import { messageIdOf, readMessageId, returnPathOf } from '../../src/deliveries/delivery-tokens.ts'
import { deriveKeys, verifyToken } from '../../src/kernel/keys.ts'

const secret = 'a master secret of the tests, 32 characters'
const keys = deriveKeys(secret)
const rotated = deriveKeys(secret, [{ id: '2', secret: 'another secret of the tests, 32 characters' }])
const delivery = { digestId: 12, subscriptionId: 3_456_789 }

test('A Message-ID is the same for every try, also after a rotation of keys (F1)', () => {
	const id = messageIdOf(keys, delivery, 'charity.example')
	expect(id).toMatch(/^<[\w.-]+@charity\.example>$/)
	expect(messageIdOf(rotated, delivery, 'charity.example')).toBe(id)
	expect(readMessageId(rotated, id)).toEqual(delivery)
})

test('A Message-ID that was altered or made by others names no delivery (S5)', () => {
	const id = messageIdOf(keys, delivery, 'charity.example')
	expect(readMessageId(keys, id.replace('.c.', '.d.'))).toBeUndefined()
	expect(readMessageId(deriveKeys(`${secret}!`), id)).toBeUndefined()
	expect(readMessageId(keys, 'nonsense')).toBeUndefined()
})

test('A return path survives lower-casing and its local part has at most 64 characters (S5)', () => {
	const large = { digestId: 36 ** 5 - 1, subscriptionId: 36 ** 6 - 1 }
	const longKey = deriveKeys(secret, [
		{ id: 'abcdefgh', secret: 'another secret of the tests, 32 characters' },
	])
	const [local = ''] = returnPathOf(longKey, large, 'bounces.charity.example').split('@')
	expect(local.length).toBeLessThanOrEqual(64)
	const token = local.toLowerCase().replace('bounces+', '')
	expect(verifyToken(longKey, 'return-path', token, 'hex')).toEqual([large.digestId, large.subscriptionId])
})
