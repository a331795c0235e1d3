import { createHash, createPrivateKey, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicaliseBody } from '../../src/mail/canonicalise-body.ts'
import { canonicaliseHeaderField } from '../../src/mail/canonicalise-header.ts'
import { canonicaliseLineEnds } from '../../src/mail/canonicalise-line-ends.ts'
import { verifyDkim } from '../support/verify-dkim.ts'

const spaces = fc.string({ unit: fc.constantFrom(' ', '\t'), minLength: 1, maxLength: 4 })
const word = fc.string({
	unit: fc.constantFrom('a', 'é', '.', ':', '\u00a0', '='),
	minLength: 1,
	maxLength: 5,
})
const line = fc.array(fc.oneof(word, spaces), { maxLength: 6 }).map((parts) => parts.join(''))
const body = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\r\n'))

describe('canonicaliseBody', () => {
	test('gives what RFC 6376 §3.4.5 gives', () => {
		expect(canonicaliseBody(' C \r\nD \t E\r\n\r\n\r\n')).toBe(' C\r\nD E\r\n')
	})

	test.each([
		['', ''],
		['\r\n', ''],
		['\r\n\r\n\r\n', ''],
		[' \t\r\n  \r\n', ''],
		['  ', ''],
		['a', 'a\r\n'],
		['a ', 'a\r\n'],
		['\ta\t\tb', ' a b\r\n'],
		['a\r\n \r\nb\r\n \r\n', 'a\r\n\r\nb\r\n'],
		['a\u00a0 \r\n', 'a\u00a0\r\n'],
	])('%j becomes %j', (given, expected) => {
		expect(canonicaliseBody(given)).toBe(expected)
	})

	test('what is canonical stays as it is', () => {
		fc.assert(
			fc.property(body, (text) => {
				const canonical = canonicaliseBody(text)
				expect(canonicaliseBody(canonical)).toBe(canonical)
				expect(canonical).not.toMatch(/[ \t]{2}|\t|[ \t]\r\n|^\r\n$|\r\n\r\n$/)
			}),
		)
	})

	test('what relays may do to white space changes nothing', () => {
		fc.assert(
			fc.property(body, spaces, fc.nat(3), (text, added, lines) => {
				const carried = text
					.split('\r\n')
					.map((each) => each.replace(/[ \t]+/g, added) + added)
					.join('\r\n')
				expect(canonicaliseBody(carried + '\r\n'.repeat(lines))).toBe(canonicaliseBody(text))
			}),
		)
	})

	test('anything else that is changed shows', () => {
		fc.assert(
			fc.property(body, body, (one, other) => {
				const bare = (text: string) =>
					text
						.split('\r\n')
						.map((each) => each.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
						.join('\r\n')
						.replace(/(\r\n)+$/, '')
				expect(canonicaliseBody(one) === canonicaliseBody(other)).toBe(bare(one) === bare(other))
			}),
		)
	})

	test('takes megabytes of white space in its stride', () => {
		const hostile = `${' \t'.repeat(2_000_000)}x${'\r\n \r\n'.repeat(500_000)}`
		expect(canonicaliseBody(hostile)).toBe(' x\r\n')
	})
})

describe('canonicaliseHeaderField', () => {
	test('gives what RFC 6376 §3.4.5 gives', () => {
		expect(canonicaliseHeaderField('A: X')).toBe('a:X')
		expect(canonicaliseHeaderField('B : Y\t\r\n\tZ  ')).toBe('b:Y Z')
	})

	test('an empty field keeps its colon', () => {
		expect(canonicaliseHeaderField('X-Empty: \t ')).toBe('x-empty:')
	})

	test('folding and white space change nothing', () => {
		fc.assert(
			fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), spaces, (words, gap) => {
				const field = canonicaliseHeaderField(
					`Subject:${words.map((each) => `\r\n${gap}${each}`).join('')}${gap}`,
				)
				expect(field).toBe(`subject:${words.join(' ')}`)
			}),
		)
	})
})

describe('canonicaliseLineEnds', () => {
	test('leaves CRLF alone where everything else becomes CRLF', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n') }), (text) => {
				const wire = canonicaliseLineEnds(text)
				expect(wire.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
				expect(wire).toBe(text.replace(/\r\n|\r|\n/g, '\r\n'))
			}),
		)
	})
})

// RFC 8463 appendix A: keys, message and signatures
const sample = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`.replaceAll('\n', '\r\n')
const zone = {
	'brisbane._domainkey.football.example.com':
		'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
	'test._domainkey.football.example.com':
		'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
}

describe('the sample of RFC 8463 appendix A', () => {
	test('is valid for the verifier of these tests, and not when altered', () => {
		const valid = (message: string) => verifyDkim(message, zone).map((verdict) => verdict.valid)
		expect(valid(sample)).toEqual([true, true])
		expect(valid(sample.replace('hungry', 'Hungry'))).toEqual([false, false])
		expect(valid(sample.replace('dinner', 'lunch'))).toEqual([false, false])
		expect(valid(sample.replace('\r\nTo:', '\r\nSubject: Again\r\nTo:'))).toEqual([false, false])
	})

	test('comes out of our canonical forms with the signature that is printed there', () => {
		const [header = '', text = ''] = sample.split(/\r\n\r\n(.*)/s)
		const bodyHash = createHash('sha256').update(canonicaliseBody(text)).digest('base64')
		expect(bodyHash).toBe('2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=')
		const [ed25519 = '', , ...fields] = header.split(/\r\n(?! )/)
		const [open = '', printed = ''] = ed25519.split(/(?<= b=)/)
		const signed = [...fields, open].map(canonicaliseHeaderField).join('\r\n')
		const seed = Buffer.from('nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=', 'base64')
		const key = createPrivateKey({
			key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
			format: 'der',
			type: 'pkcs8',
		})
		const digest = createHash('sha256').update(signed).digest()
		expect(sign(null, digest, key).toString('base64')).toBe(printed.replace(/\s/g, ''))
	})
})
