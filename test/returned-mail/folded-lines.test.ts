import { describe, expect, it } from 'vitest'
import { classifyReply, readReport } from '../../src/bounces/index.ts'
import { literalReplies } from '../refusals/literal-replies.ts'
import { tellingReplies } from '../refusals/telling-replies.ts'

const commands = { rcpt: 'RCPT TO', data: 'end of DATA', mail: 'MAIL FROM', connect: 'initial connection' }

/** Replies as Postfix reports them: in one line, which it folds at about 79 columns. */
const refusals = Object.values({ ...literalReplies, ...tellingReplies })
	.flat()
	.map(([reply, , , stage]) => ({
		reply,
		said: `host mx.example.net[192.0.2.9] said: ${reply.replace(/\s+/g, ' ')} (in reply to ${commands[stage ?? 'rcpt']} command)`,
	}))

function notice(said: string): Buffer {
	return Buffer.from(`Return-Path: <>
From: MAILER-DAEMON@out.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

<reader@example.net>: ${said}

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; out.example.org

Final-Recipient: rfc822; reader@example.net
Action: failed
Status: 5.0.0
Diagnostic-Code: smtp; ${said.replace(/^host \S+ said: | \(in reply to[^)]*\)$/g, '')}

--b--
`)
}

function verdictOf(said: string): string {
	return JSON.stringify(readReport(notice(said)).recipients.map(({ class: is, hard }) => [is, hard]))
}

function* brokenOnce(text: string): Generator<string> {
	for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
		yield `${text.slice(0, at)}\n    ${text.slice(at + 1)}`
	}
}

describe('a line folded at any space', () => {
	it('is read as if it were whole: each known reply, in a report of Postfix', () => {
		for (const { said } of refusals) {
			const whole = verdictOf(said)
			for (const broken of [...brokenOnce(said), said.replaceAll(' ', '\n    ')]) {
				expect({ broken, is: verdictOf(broken) }).toEqual({ broken, is: whole })
			}
		}
	})

	it('is read as if it were whole: each known reply by itself', () => {
		for (const { reply } of refusals) {
			const { class: is, hard } = classifyReply(reply)
			for (const space of ['\r\n ', '\n\t', '  ']) {
				const broken = reply.replace(/(?<=\w) (?=[a-z])/gi, space)
				expect({ broken, ...classifyReply(broken) }).toMatchObject({ broken, class: is, hard })
			}
		}
	})

	it('tells the command however long the address is', () => {
		for (let length = 1; length < 70; length += 1) {
			const address = `${'a'.repeat(length)}@example.net`
			const fold = (text: string) => text.replace(/(.{1,75})(?: |$)/g, '$1\n    ').trimEnd()
			const of = (reply: string) =>
				readReport(notice(fold(`host mx.example.net[192.0.2.9] said: ${reply}`).replaceAll('@@', address)))
					.recipients[0]
			expect(of(`550 <${address}>: User unknown (in reply to RCPT TO command)`)).toMatchObject({ hard: true })
			expect(of(`553 <${address}>: domain does not exist (in reply to MAIL FROM command)`)).toMatchObject({
				class: 'sender',
				hard: false,
			})
		}
	})
})
