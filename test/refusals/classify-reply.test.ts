import { describe, expect, it } from 'vitest'
import { classifyReply } from '../../src/bounces/index.ts'
import { literalReplies } from './literal-replies.ts'
import { tellingReplies } from './telling-replies.ts'

describe('classifyReply (S6, S8)', () => {
	for (const [system, replies] of [...Object.entries(literalReplies), ...Object.entries(tellingReplies)]) {
		for (const [reply, expected, hard, stage] of replies) {
			it(`${system}: ${reply.slice(0, 100)}${stage ? ` (${stage})` : ''}`, () => {
				const { class: is, hard: isHard } = classifyReply(reply, stage)
				expect({ is, isHard }).toEqual({ is: expected, isHard: hard })
			})
		}
	}

	it('gives the codes of the reply as they stand in it', () => {
		expect(classifyReply('550-5.1.1 The account does\n550 5.1.1 not exist')).toEqual({
			class: 'address',
			hard: true,
			status: '5.1.1',
			replyCode: '550',
		})
		expect(classifyReply('421 busy')).toMatchObject({ status: '', replyCode: '421' })
		expect(classifyReply('')).toEqual({ class: 'unknown', hard: false, status: '', replyCode: '' })
	})

	it('takes no IP address, date or size for a code', () => {
		expect(classifyReply('no answer from 192.0.2.250 at 2026-05-04, 552 bytes sent')).toMatchObject({
			status: '',
			replyCode: '',
		})
	})

	it('believes no name: an address or a host called after a trouble has none', () => {
		for (const reply of [
			'550 5.1.1 <mailboxfull@spam.example>: Recipient address rejected: User unknown',
			'550 5.1.1 <virus@blacklist.example> user unknown',
			'host antispam.quota.example[192.0.2.1] said: 550 5.1.1 user unknown (in reply to RCPT TO command)',
		]) {
			expect(classifyReply(reply)).toMatchObject({ class: 'address', hard: true })
		}
	})

	it('never calls a temporary refusal hard, whatever it says (S7)', () => {
		for (const text of [
			'user unknown',
			'no such user here',
			'host not found',
			'null MX',
			'account deleted',
		]) {
			expect(classifyReply(`450 4.1.1 ${text}`).hard).toBe(false)
			expect(classifyReply(`451 ${text}`).hard).toBe(false)
		}
	})

	it('never calls a refusal of authentication, reputation or rate hard (S8)', () => {
		for (const detail of [
			'7.0',
			'7.1',
			'7.8',
			'7.20',
			'7.23',
			'7.25',
			'7.26',
			'7.27',
			'7.28',
			'7.30',
			'7.606',
		]) {
			for (const text of ['', 'user unknown', 'rejected', 'access denied']) {
				expect(classifyReply(`550 5.${detail} ${text}`).hard).toBe(false)
			}
		}
	})

	it('doesn’t hold a refusal before RCPT against the recipient', () => {
		for (const stage of ['connect', 'hello', 'mail'] as const) {
			expect(classifyReply('550 user unknown', stage)).toMatchObject({ class: 'sender', hard: false })
			expect(classifyReply('550 5.1.8 domain does not exist', stage)).toMatchObject({ hard: false })
		}
	})
})
