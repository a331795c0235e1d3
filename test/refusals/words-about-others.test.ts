import { describe, expect, it } from 'vitest'
import { classifyReply } from '../../src/bounces/index.ts'

/** What a refusal may speak of that is no reader's fault. */
const others = [
	...['your IP', 'our IP', 'IP address', 'sending IP', 'client IP 192.0.2.1', '[192.0.2.1]', 'IP'],
	...['your host', 'host name', 'hostname', 'your host name', 'host', 'client host', 'remote host', 'server'],
	...['your domain', 'our domain', 'sending domain', 'domain', 'domain of sender address <news@example.org>'],
	...[
		'sender',
		'sender address',
		'your address',
		'sender domain',
		'envelope sender',
		'MAIL FROM',
		'your account',
	],
	...['content', 'message', 'message content', 'header', 'attachment', 'subject', 'URL'],
	...['signature', 'DKIM signature', 'DKIM key', 'SPF record', 'token'],
	...['list', 'mailing list', 'whitelist', 'policy'],
	...['network', 'your network', 'connection', 'certificate', 'HELO name', 'EHLO', 'PTR record', 'relay'],
] as const

/** The ways to say that something is not there or not wanted, with a place for what. */
const sayings = [
	...[
		'Invalid %',
		'Unknown %',
		'No such %',
		'Bad %',
		'Illegal %',
		'Nonexistent %',
		'Unrecognized %',
		'Incorrect %',
	],
	...[
		'% invalid',
		'% is invalid',
		'% unknown',
		'% is unknown',
		'% not found',
		'% was not found',
		'% not valid',
	],
	...[
		'% does not exist',
		"% doesn't exist",
		'% not known',
		'% not recognized',
		'% is not registered',
		'% not listed',
	],
	...[
		'% rejected',
		'% refused',
		'% denied',
		'% disabled',
		'% is disabled',
		'% suspended',
		'% inactive',
		'% deleted',
	],
	...[
		'% closed',
		'% expired',
		'% removed',
		'% no longer exists',
		'% is no longer valid',
		'% no longer accepted',
	],
	...[
		'% could not be found',
		'% cannot be verified',
		'cannot find %',
		'could not resolve %',
		'unable to verify %',
	],
	...['no longer accepting mail from your %', 'no longer accepting connections from %', '% undeliverable'],
	...[
		'not accepting mail from %',
		'% not in our table',
		'% is not a known user of this service',
		'% unavailable',
	],
	...[
		'no % found',
		'% has been terminated',
		'% has moved',
		'Access denied: % unknown',
		'Rejected, % not found',
	],
] as const

const frames = [
	...[
		'550 %',
		'554 %',
		'550 %.',
		'553 sorry, % (#5.7.1)',
		'501 %',
		'550-%\n550 Please contact your provider',
	],
	...[
		'554 Transaction failed: %',
		'550-Requested action not taken: mailbox unavailable\n550 %',
		'550 Error: %',
	],
	...[
		'554 Service unavailable; %',
		'550 5.0.0 %',
		'550 Rejected: %, see https://example.net/help',
		'550 5.7.1 %',
	],
] as const

describe('words about anything but the address', () => {
	it('never make an address dead, whatever is said of it and however', () => {
		const dead: string[] = []
		for (const [at, subject] of others.entries()) {
			for (const [index, saying] of sayings.entries()) {
				const said = saying.replace('%', subject)
				// each frame meets each subject and each saying
				const frame = frames[(at + index) % frames.length] ?? '%'
				const forms = ['550 %', frame].map((form) => form.replace('%', said))
				const folded = `554 ${said.toUpperCase().replaceAll(' ', '\n    ')}`
				dead.push(...[...forms, folded].filter((reply) => classifyReply(reply).hard))
			}
		}
		expect(dead).toEqual([])
	})

	it('do not hide what is said of the address', () => {
		for (const saying of [
			'Unknown %',
			'No such %',
			'% unknown',
			'% not found',
			'% does not exist',
			'Invalid %',
		]) {
			for (const subject of ['user', 'recipient', 'mailbox', 'recipient address', 'local user']) {
				const said = saying.replace('%', subject)
				expect({ said, ...classifyReply(`550 ${said}`) }).toMatchObject({
					said,
					class: 'address',
					hard: true,
				})
				expect({ said, ...classifyReply(`550 <x@example.net>: ${said} on this server`) }).toMatchObject({
					said,
					class: 'address',
					hard: true,
				})
			}
		}
	})
})
