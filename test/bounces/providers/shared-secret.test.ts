import { describe, expect, it } from 'vitest'
import { brevo } from '../../../src/bounces/providers/brevo.ts'
import { mailjet } from '../../../src/bounces/providers/mailjet.ts'
import { postmark } from '../../../src/bounces/providers/postmark.ts'
import { sparkpost } from '../../../src/bounces/providers/sparkpost.ts'
import { at, requestOf } from './webhook-request.ts'

const secret = 'b1c0ffee-b1c0ffee-b1c0ffee'
const basic = (pair: string) => ({ Authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

describe.each([brevo, mailjet, postmark, sparkpost])('the secret of $name', ({ verify, findProblem }) => {
	const check = (headers: Record<string, string>) => verify(requestOf('{"a":1}', headers), secret, at())

	it.each([
		['the password of Basic authentication', basic(`envoi:${secret}`)],
		['such a password without a user name', basic(`:${secret}`)],
		['a Bearer token', { Authorization: `Bearer ${secret}` }],
		['a header of its own', { 'X-Webhook-Secret': secret }],
	])('is taken as %s', (_, headers) => {
		expect(check(headers)).toEqual({ ok: true, payload: { a: 1 } })
	})

	it.each([
		['none', {}],
		['an empty one', { 'X-Webhook-Secret': '', Authorization: '' }],
		['an unknown scheme', { Authorization: `Digest ${secret}` }],
	])('is missing where there is %s', (_, headers) => {
		expect(check(headers)).toEqual({ ok: false, reason: 'missing' })
	})

	it.each([
		['another', { 'X-Webhook-Secret': `${secret}x` }],
		['a part of it', { 'X-Webhook-Secret': secret.slice(1) }],
		['another password', basic(`${secret}:guess`)],
		['a pair without a colon', basic(`x${secret}`)],
		['no base64', { Authorization: 'Basic %%%' }],
	])('is wrong where it is %s', (_, headers) => {
		expect(check(headers)).toEqual({ ok: false, reason: 'wrong' })
	})

	it('is asked before the body is read', () => {
		expect(verify(requestOf('{', {}), secret, at())).toEqual({ ok: false, reason: 'missing' })
		expect(() => verify(requestOf('{', { 'X-Webhook-Secret': secret }), secret, at())).toThrow(
			'errors.body.malformed',
		)
	})

	it('must be long, and fit into an address', () => {
		expect(findProblem(secret)).toBeUndefined()
		expect(findProblem('short')).toBeDefined()
		expect(findProblem(`${secret} ${secret}`)).toBeDefined()
		expect(findProblem(`${secret}:${secret}`)).toBeDefined()
	})
})
