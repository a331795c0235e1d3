import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { parseRate, rateOfDomain } from '../../src/kernel/rate.ts'
import { parseWarmUp } from '../../src/kernel/warm-up.ts'

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

test('SMTP_URL takes several relays with weights, and says what is wrong with one', () => {
	const several = 'smtp://a.example?weight=3 smtps://b.example'
	expect(readConfig({ SMTP_URL: several }).smtpUrl).toBe(several)
	expect(() => readConfig({ SMTP_URL: 'smtp://a.example?weight=0' })).toThrow(/SMTP_URL takes a whole number/)
	expect(() => readConfig({ SMTP_URL: 'smtp://a.example ftp://b.example' })).toThrow(
		/SMTP_URL must be an smtp/,
	)
	expect(() => readConfig({ SMTP_URL: 'smtp://a.example smtp://a.example' })).toThrow(/names a relay twice/)
})

test('A warm-up is a day and the messages of each day from it on', () => {
	expect(parseWarmUp('2026-12-01: 500 1000')).toEqual({ from: '2026-12-01', ceilings: [500, 1000] })
	for (const wrong of ['500 1000', '2026-02-31: 5', '2026-12-01: 0 5', '2026-12-01:']) {
		expect(parseWarmUp(wrong)).toBeUndefined()
	}
	expect(() => readConfig({ WARMUP: '2026-12-01: 0' })).toThrow(/WARMUP must be a day/)
})
