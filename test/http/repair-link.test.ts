import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repairLink } from '../../src/http/server/repair-link.ts'
import { deriveKeys, randomToken, signToken } from '../../src/kernel/keys.ts'

const keys = deriveKeys('a secret key of the tests, 32 characters or more')
const random = randomToken()
const signed = signToken(keys, 'unsubscribe', [123_456, 78])
const hex = signToken(keys, 'unsubscribe', [123_456, 78], 'hex')
const links = [
	`/confirm/${random}`,
	`/unsubscribe/${signed}`,
	`/unsubscribe/${hex}`,
	`/digests/${random.slice(0, 22)}/fr-CA`,
	'/newsletters/world-news/fr',
	'/newsletters/world-news',
]

const takenAlong = [
	...[
		'.',
		'...',
		',',
		')',
		'>',
		']',
		'}',
		'"',
		"'",
		';',
		':',
		'!',
		'?',
		'*',
		'|',
		'\\',
		'^',
		'`',
		'~',
		'+',
		'$',
		'@',
	],
	...[
		'%20',
		'%20%20',
		'%09',
		'%0A',
		'%0D%0A',
		'%C2%A0',
		'%A0',
		'%E2%80%8B',
		'%E2%80%AF',
		'%C2%AD',
		'%AD',
		'%EF%BB%BF',
	],
	...[
		'%E2%80%8E',
		'%E2%81%A0',
		'%E2%80%9D',
		'%C2%BB',
		'%BB',
		'%E3%80%82',
		'%EF%BC%89',
		'%00',
		'%',
		'%%',
		'%E2%80',
	],
	...[
		'=0A',
		'=20',
		'=',
		'=3D',
		'=0D=0A',
		'%3D0A',
		'&gt;',
		'&gt',
		'%26gt%3B',
		'&quot;',
		'&nbsp;',
		'&amp;',
		'&#62;',
	],
	...[
		'%3E',
		'%3C',
		'%3Ebye',
		'.)',
		'%3E.',
		').',
		'%5D%29',
		',%20and',
		'%2520',
		'%3Ca%20href%3D',
		'/',
		'/.',
		'/%20',
		'%5C',
	],
]

describe('a link of a mail', () => {
	it.each(takenAlong)('leads to its page with %s at its end', (extra) => {
		for (const link of links) {
			const [path] = repairLink(link + extra).split('?')
			expect(path, link + extra).toBe(link)
			expect(repairLink(`${link}${extra.replace('?', '')}?locale=fr`)).toBe(`${link}?locale=fr`)
		}
	})

	it.each(['%0D%0A', '%0A', '%20', '=%0D%0A', '=%0A', '=', '%E2%80%8B', '%C2%AD', '%0D%0A%20%20', '%09'])(
		'leads to its page with %s wherever a line of it was broken',
		(broken) => {
			for (const link of links.slice(0, 3)) {
				const start = link.lastIndexOf('/') + 1
				for (let at = start; at <= link.length; at++) {
					expect(repairLink(link.slice(0, at) + broken + link.slice(at))).toBe(link)
				}
			}
		},
	)

	it('stays as it is where nothing is wrong, also with what its page does', () => {
		for (const link of [...links, `/confirm/${random}/resend`, `/unsubscribe/${signed}/undo?locale=fr`]) {
			expect(repairLink(link)).toBe(link)
		}
		for (const other of ['/', '/api/v1/newsletters/news.', '/confirm', '/newsletters/', '/newsletters/%00']) {
			expect(repairLink(other)).toBe(other)
		}
	})

	it('stays unknown where a character that may belong to it was changed, added or lost', () => {
		for (const [kind, token] of [
			['confirm', random],
			['unsubscribe', signed],
		]) {
			for (const extra of ['a', '0', '-', '_', 'A.']) {
				expect(repairLink(`/${kind}/${token}${extra}`)).not.toBe(`/${kind}/${token}`)
			}
			expect(repairLink(`/${kind}/${token?.slice(0, -1)}`)).not.toBe(`/${kind}/${token}`)
		}
	})

	it('of any form is a link still, and repairing it once is enough', () => {
		fc.assert(
			fc.property(fc.constantFrom(...links), fc.string({ unit: 'binary' }), (link, extra) => {
				const url = `${link}${encodeURIComponent(extra.toWellFormed())}`
				const repaired = repairLink(url)
				expect(repaired.startsWith('/')).toBe(true)
				expect(repairLink(repaired)).toBe(repaired)
			}),
		)
	})
})
