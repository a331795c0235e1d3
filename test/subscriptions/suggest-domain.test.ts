import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { suggestDomain } from '../../src/subscriptions/index.ts'

describe('a slip of the keys in a well-known domain', () => {
	test.each([
		['gmial.com', 'gmail.com'],
		['gmal.com', 'gmail.com'],
		['gnail.com', 'gmail.com'],
		['gmaill.com', 'gmail.com'],
		['gmail.con', 'gmail.com'],
		['gmail.co', 'gmail.com'],
		['gmail.fr', 'gmail.com'],
		['gmial.con', 'gmail.com'],
		['Hotmial.fr', 'hotmail.fr'],
		['hotmal.ca', 'hotmail.ca'],
		['outlok.com', 'outlook.com'],
		['yaho.fr', 'yahoo.fr'],
		['yahoo.rf', 'yahoo.fr'],
		['yhaoo.ca', 'yahoo.ca'],
		['icloud.fr', 'icloud.com'],
		['wanado.fr', 'wanadoo.fr'],
		['laposte.fr', 'laposte.net'],
		['lapost.net', 'laposte.net'],
		['ornage.fr', 'orange.fr'],
		['orang.sn', 'orange.sn'],
		['ornage.ci', 'orange.ci'],
		['fere.fr', 'free.fr'],
		['sfr.rf', 'sfr.fr'],
		['setnoo.sn', 'sentoo.sn'],
		['videotrno.ca', 'videotron.ca'],
		['sympatcio.ca', 'sympatico.ca'],
	])('%s is asked about: %s?', (typed, meant) => expect(suggestDomain(typed)).toBe(meant))

	test.each([
		'gmail.com',
		'mail.com',
		'email.com',
		'ymail.com',
		'gmx.net',
		'orange.sn',
		'orange.es',
		'yahoo.com.br',
		'live.be',
		'example.org',
		'handsacross.example',
		'ucad.edu.sn',
		'fred.fr',
		'mic.com',
		'cooperation.org',
		'gov.bf',
		'localhost',
		'',
	])('%s is taken as it is', (typed) => expect(suggestDomain(typed)).toBeUndefined())

	test('what is suggested is never asked about again', () => {
		fc.assert(
			fc.property(fc.domain(), (domain) => {
				const meant = suggestDomain(domain)
				if (meant !== undefined) expect(suggestDomain(meant)).toBeUndefined()
			}),
		)
	})
})
