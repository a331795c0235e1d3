import { describe, expect, it } from 'vitest'
import { classifyReply, readAccountRefusal } from '../../src/refusals/index.ts'
import { accountReplies, readersReplies } from './account-replies.ts'
import { literalReplies } from './literal-replies.ts'

describe('a refusal that is about our account at the relay', () => {
	it.each(accountReplies.map(([reply, cause, wait]) => ({ reply, cause, wait })))(
		'is $reply: $cause',
		({ reply, cause, wait }) => {
			const found = readAccountRefusal(reply)
			expect(found?.cause).toBe(cause)
			if (wait !== undefined) expect(found?.waitSeconds).toBe(wait)
		},
	)

	it.each(readersReplies)('is not %s', (reply) => {
		expect(readAccountRefusal(reply)).toBeUndefined()
	})

	it('is none that the classifier calls proof, a full mailbox or greylisting', () => {
		for (const [reply, meant] of Object.values(literalReplies).flat()) {
			if (['address', 'mailbox-full', 'content'].includes(meant)) {
				expect([reply, readAccountRefusal(reply)]).toEqual([reply, undefined])
			}
		}
	})

	it('never counts against a reader when it comes back by mail', () => {
		for (const [reply] of accountReplies) {
			expect([reply, classifyReply(reply, 'data')]).toEqual([reply, expect.objectContaining({ hard: false })])
			expect(['sender', 'policy', 'content']).toContain(classifyReply(reply, 'data').class)
		}
	})

	it('goes on when the relay says', () => {
		const now = new Date('2026-11-27T12:00:00Z')
		const waits = (reply: string) => readAccountRefusal(reply, { now })?.waitSeconds
		expect(waits('450 4.7.1 Sending limit exceeded. Try again after Fri, 27 Nov 2026 13:00:00 UTC')).toBe(
			3_600,
		)
		expect(waits('450 4.7.1 Sending limit exceeded until 2026-11-27T12:30:00Z')).toBe(1_800)
		expect(waits('450 4.7.1 Sending limit exceeded, wait 1 hour')).toBe(3_600)
		expect(waits('450 4.7.1 Sending limit exceeded, retry-after: 120')).toBe(120)
		expect(waits('450 4.7.1 Sending limit exceeded, try again tomorrow')).toBe(86_400)
		expect(waits('450 4.7.1 Sending limit exceeded, try again in 400 days')).toBe(604_800)
	})
})
