import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasBounceCorpus, loadBounceCorpus } from '../../bench/parts/score-bounces.ts'
import { classifyReply, type Report, readReport } from '../../src/bounces/index.ts'
import { literalReplies } from '../refusals/literal-replies.ts'
import { sampleReports } from './sample-reports.ts'

const samples = sampleReports.map(({ raw }) => Buffer.from(raw))
const mails = hasBounceCorpus ? [...samples, ...loadBounceCorpus().map(({ raw }) => raw)] : samples

const place = fc.double({ min: 0, max: 1, noNaN: true })
const piece = fc.oneof(
	fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
	fc
		.constantFrom(
			'\r\n',
			'\n\n',
			'\r',
			'--',
			'Content-Type: multipart/mixed; boundary=',
			'Status: ',
			'Action: delayed\n',
			'Final-Recipient: rfc822;',
			'@',
			'<',
			'>',
			'550 ',
			'5.1.1',
			'=?utf-8?B?',
			'\u0000',
			'\ufffd',
			'\x1b$B',
			';',
			'"',
			'.',
		)
		.map((text) => Buffer.from(text)),
)

/** A mail with pieces cut out, doubled, moved and put in. */
const mutated = fc
	.tuple(
		fc.nat(mails.length - 1),
		fc.array(fc.tuple(fc.constantFrom('cut', 'double', 'insert', 'end'), place, place, piece), {
			minLength: 1,
			maxLength: 6,
		}),
	)
	.map(([index, changes]) =>
		changes.reduce((mail, [change, from, length, added]) => {
			const at = Math.floor(from * mail.length)
			const to = Math.min(mail.length, at + Math.floor(length * 400))
			const parts = { cut: [mail.subarray(0, at), mail.subarray(to)], end: [mail.subarray(0, at)] }
			if (change === 'cut' || change === 'end') return Buffer.concat(parts[change])
			const more = change === 'double' ? mail.subarray(at, to) : added
			return Buffer.concat([mail.subarray(0, at), more, mail.subarray(at)])
		}, mails[index] ?? Buffer.alloc(0)),
	)

describe('readReport on anything', () => {
	it('never throws, and what it gives is whole', () => {
		fc.assert(
			fc.property(mutated, (raw) => checkReport(readReport(raw))),
			{ numRuns: 1_500 },
		)
	})

	it('holds for bytes without sense', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 3_000 }), (raw) => checkReport(readReport(raw))),
			{ numRuns: 500 },
		)
	})
})

describe('classifyReply on anything', () => {
	const replies = Object.values(literalReplies).flatMap((known) => known.map(([reply]) => reply))

	it('never throws and calls hard only what is about the address', () => {
		const text = fc.tuple(fc.constantFrom(...replies), fc.string({ maxLength: 30 }), place)
		fc.assert(
			fc.property(text, ([reply, added, at]) => {
				const cut = Math.floor(at * reply.length)
				const { class: is, hard } = classifyReply(reply.slice(0, cut) + added + reply.slice(cut))
				expect(hard ? is : 'address').toBe('address')
			}),
			{ numRuns: 2_000 },
		)
	})
})

function checkReport({ kind, recipients, feedbackType, identifiers }: Report): void {
	expect(feedbackType === null).toBe(kind !== 'complaint')
	if (kind === 'auto-reply') expect(recipients).toEqual([])
	for (const { address, class: is, hard, status, reply, action } of recipients) {
		expect(address).toMatch(/^[^\s<>]+@[^\s<>]+$/)
		if (hard) expect({ kind, is, action }).toEqual({ kind: 'bounce', is: 'address', action: 'failed' })
		expect(status).toMatch(/^(?:[245]\.\d{1,3}\.\d{1,3})?$/)
		expect(reply).toMatch(/^(?:[45]\d\d)?$/)
	}
	expect(identifiers.messageIds.length).toBeLessThanOrEqual(20)
}
