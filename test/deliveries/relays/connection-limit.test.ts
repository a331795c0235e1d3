import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ConnectionLimit } from '../../../src/deliveries/relays/connection-limit.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

it('starts slowly with one connection, and gets one more for each message that goes through', () => {
	const limit = new ConnectionLimit(3)
	limit.startSlowly()
	const seen = [limit.current]
	for (let sent = 0; sent < 4; sent++) {
		limit.raise()
		seen.push(limit.current)
	}
	expect(seen).toEqual([1, 2, 3, 3, 3])
})

it('stays below what the relay called too many, and tries one more after ten minutes', () => {
	const limit = new ConnectionLimit(8)
	limit.lowerBelow(5)
	limit.startSlowly()
	for (let sent = 0; sent < 10; sent++) limit.raise()
	expect(limit.current).toBe(4)
	vi.advanceTimersByTime(600_000)
	for (let sent = 0; sent < 10; sent++) limit.raise()
	expect(limit.current).toBe(5)
})
