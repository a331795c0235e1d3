import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { parseRate, rateOfDomain } from '../../src/kernel/rate.ts'

test('A rate is read with its unit and its burst', () => {
	expect(parseRate('50/s burst 100')).toEqual({ perSecond: 50, burst: 100 })
	expect(parseRate('3600/h')).toEqual({ perSecond: 1, burst: 1 })
	expect(parseRate('100/s')).toEqual({ perSecond: 100, burst: 15 })
	for (const wrong of ['0/s', '5', '5/d', '-1/s', '5/s burst 0', 'fast'])
		expect(parseRate(wrong)).toBeUndefined()
})

test('Of several limits the most precise holds for a domain', () => {
	const rates = ['*', '*.example', '*.mail.example', 'mail.example'].map((pattern, index) => ({
		pattern,
		rate: { perSecond: index + 1, burst: 1 },
	}))
	const perSecond = (domain: string) => rateOfDomain(rates, domain)?.perSecond
	expect(['a.test', 'b.example', 'x.mail.example', 'mail.example'].map(perSecond)).toEqual([1, 2, 3, 4])
	expect(rateOfDomain([], 'a.test')).toBeUndefined()
})

test('A limit of 0 is refused at the start with a sentence', () => {
	expect(() => readConfig({ RELAY_RATE: '0/s', DOMAIN_RATES: 'gmail.com=20/s, yahoo.com=0/s' })).toThrow(
		/RELAY_RATE must be a number above 0[\s\S]*DOMAIN_RATES has “yahoo.com=0\/s”: the limit must be a number above 0/,
	)
	const { domainRates } = readConfig({ DOMAIN_RATES: 'gmail.com=20/s, *.example=5/s burst 2, *=100/s' })
	expect(domainRates.map(({ pattern }) => pattern)).toEqual(['gmail.com', '*.example', '*'])
})
