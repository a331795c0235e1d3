import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayAddress, formatAddress, parseEmailAddress } from '../../src/kernel/email-address.ts'

const parse = (text: string) => {
	const result = parseEmailAddress(text)
	return result.ok ? formatAddress(result.address) : result.problem
}

describe('an address', () => {
	it.each([
		['jane@example.org', 'jane@example.org'],
		['  Jane.Doe+news@Example.ORG ', 'Jane.Doe+news@example.org'],
		["o'brien!#$%&*/=?^_`{|}~-x@example.co.uk", "o'brien!#$%&*/=?^_`{|}~-x@example.co.uk"],
		['jean@bücher.example', 'jean@xn--bcher-kva.example'],
		['jean@BÜCHER.example', 'jean@xn--bcher-kva.example'],
		['данные@пример.рф', 'данные@xn--e1afmkfd.xn--p1ai'],
		[`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
	])('%s is taken as %s', (typed, expected) => {
		expect(parse(typed)).toBe(expected)
	})

	it.each([
		['', 'empty'],
		['   ', 'empty'],
		['jane', 'no_at'],
		['jane@doe@example.org', 'several_ats'],
		['@example.org', 'local_empty'],
		['jane@', 'domain_empty'],
		['jane doe@example.org', 'space'],
		['jane\r\nBcc: all@example.org', 'control'],
		['jane\u0000@example.org', 'control'],
		['"jane doe"@example.org', 'quoted'],
		['.jane@example.org', 'local_dots'],
		['jane.@example.org', 'local_dots'],
		['ja..ne@example.org', 'local_dots'],
		['ja(ne)@example.org', 'local_characters'],
		['<jane@example.org>', 'local_characters'],
		[`${'a'.repeat(65)}@example.org`, 'local_too_long'],
		[`${'é'.repeat(33)}@example.org`, 'local_too_long'],
		[`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(63)}.org`, 'domain_too_long'],
		[`${'a'.repeat(60)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.org`, 'too_long'],
		['jane@example', 'domain_not_a_name'],
		['jane@[127.0.0.1]', 'domain_not_a_name'],
		['jane@127.0.0.1', 'domain_ending'],
		['jane@exa_mple.org', 'domain_not_a_name'],
		['jane@-example.org', 'domain_not_a_name'],
		['jane@example..org', 'domain_not_a_name'],
		['jane@example.org.', 'domain_dot'],
		['jane@exam/ple.org', 'domain_not_a_name'],
		['jane@example.1', 'domain_not_a_name'],
		['jane@example.c', 'domain_ending'],
	])('%j is refused for its part: %s', (typed, problem) => {
		expect(parse(typed)).toBe(problem)
	})

	it('is told from another by all but letter case: no dots, no tags are folded (T6)', () => {
		const comparable = (text: string) => {
			const result = parseEmailAddress(text)
			return result.ok ? result.address.comparable : undefined
		}
		expect(comparable('Jane@Example.org')).toBe(comparable('jane@EXAMPLE.ORG'))
		expect(comparable('j.ane@example.org')).not.toBe(comparable('jane@example.org'))
		expect(comparable('jane+a@example.org')).not.toBe(comparable('jane@example.org'))
	})

	it('shows its domain in its own script', () => {
		expect(displayAddress({ local: 'jean', domain: 'xn--bcher-kva.example' })).toBe('jean@bücher.example')
	})

	it('is read again as itself, and whatever is typed is answered', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (noise) => {
				const result = parseEmailAddress(noise)
				if (!result.ok) return
				expect(parseEmailAddress(formatAddress(result.address))).toEqual(result)
			}),
		)
		fc.assert(
			fc.property(fc.emailAddress(), (address) => {
				const result = parseEmailAddress(address)
				if (result.ok) expect(formatAddress(result.address)).not.toMatch(/[\r\n\s<>"]/)
			}),
		)
	})
})
