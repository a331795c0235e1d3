import { expect, test } from 'vitest'
import { createDayAllowance } from '../../src/inbound/day-allowance.ts'
import { networkOf } from '../../src/kernel/networks-of.ts'

test('A network, and all together, may bring so much in a day, and the next day again', () => {
	let now = 0
	const allowance = createDayAllowance({ perNetwork: 100, inAll: 250 }, () => now)
	expect(allowance.take('a', 100)).toBe('ok')
	expect(allowance.take('a', 1)).toBe('network')
	expect(allowance.take('b', 100)).toBe('ok')
	expect(allowance.take('c', 50)).toBe('ok')
	expect(allowance.take('d', 1)).toBe('all')
	now = 86_400_000
	expect(allowance.take('a', 100)).toBe('ok')
})

test('What one line of IPv6 has counts as one network, and IPv4 by address however it is written', () => {
	expect(networkOf('2001:db8:1:2::1')).toBe(networkOf('2001:DB8:1:2:ffff::9'))
	expect(networkOf('2001:db8:1:2::1')).not.toBe(networkOf('2001:db8:1:3::1'))
	expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1')
	expect(networkOf('192.0.2.1')).not.toBe(networkOf('192.0.2.2'))
})
