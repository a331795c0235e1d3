import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MessagesAhead, type ReadyRow } from '../../../src/deliveries/lane/messages-ahead.ts'
import type { ReadyMessage } from '../../../src/kernel/mail.ts'

const rowsOf = (count: number): ReadyRow[] =>
	Array.from({ length: count }, (_, index) => ({
		claimedAt: 0,
		row: {
			subscriptionId: index,
			renditionId: 1,
			local: 'ada',
			domain: 'example.org',
			attempts: 1,
			deferredSeconds: 0,
			pausedAt: null,
		},
	}))

function countingMessages(fails = false) {
	const made = { composed: 0, signed: 0 }
	const compose = (): ReadyMessage => {
		if (fails) throw new Error('the rendition is gone')
		made.composed += 1
		return { envelope: { from: 'a@example.org', to: 'b@example.org' }, raw: `message ${made.composed}` }
	}
	const sign = async (message: ReadyMessage): Promise<ReadyMessage> => {
		made.signed += 1
		return { ...message, signed: true }
	}
	return { made, messages: new MessagesAhead(compose, sign) }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

it('makes the next 16 messages, each once', async () => {
	const { made, messages } = countingMessages()
	const rows = rowsOf(20)
	messages.makeNext(rows)
	messages.makeNext(rows)
	expect(made).toEqual({ composed: 16, signed: 16 })
	const [first] = rows
	expect(first && (await messages.take(first))).toMatchObject({ raw: 'message 1', signed: true })
	expect(made.composed).toBe(16)
})

it('makes a message anew that has waited for more than 10 seconds, as it carries the time', async () => {
	const { messages } = countingMessages()
	const rows = rowsOf(1)
	messages.makeNext(rows)
	vi.advanceTimersByTime(10_001)
	const [first] = rows
	expect(first && (await messages.take(first))).toMatchObject({ raw: 'message 2' })
})

it('says that a message can’t be composed when its turn comes, not before', () => {
	const { messages } = countingMessages(true)
	const rows = rowsOf(1)
	messages.makeNext(rows)
	const [first] = rows
	expect(() => first && messages.take(first)).toThrow('the rendition is gone')
})
