import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import { hasMixedScript } from '../../src/kernel/has-mixed-script.ts'

test.each([
	['example.org', false],
	['exämple-2.org', false],
	['почта.example', false],
	['παράδειγμα.ελ', false],
	['例えテスト-abc.jp', false],
	['한국어abc漢.kr', false],
	['p\u0430ypal.com', true],
	['exam\u03bfle.org', true],
	['поч\u03c4а.example', true],
	['例\u0430.jp', true],
])('%s mixes scripts: %s (F9)', (domain, isMixed) => {
	expect(hasMixedScript(domain)).toBe(isMixed)
	expect(hasMixedScript(domainToASCII(domain))).toBe(isMixed)
})
