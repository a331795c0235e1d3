import { describe, expect, it } from 'vitest'
import { comparableText } from '../../src/refusals/comparable-text.ts'
import { knownWordings } from '../../src/refusals/known-wordings/index.ts'
import { statusMeanings } from '../../src/refusals/known-wordings/status-codes.ts'

const patterns = knownWordings.flatMap(({ system, replies = {}, sentences = {} }) =>
	[replies, sentences].flatMap((table) =>
		Object.values(table).flatMap((list) => list.map((pattern) => [system, pattern] as const)),
	),
)

describe('the known wordings', () => {
	it('each have a source', () => {
		for (const { system, source } of knownWordings) expect(`${system}: ${source}`).toMatch(/: .{10,}/)
		expect(new Set(knownWordings.map(({ system }) => system)).size).toBe(knownWordings.length)
	})

	it('meet text in lower case: no capitals, no flags', () => {
		for (const [system, { source, flags }] of patterns) {
			const letters = source.replace(/\\[A-Z]/g, '')
			expect([system, flags, letters]).toEqual([system, '', letters.toLowerCase()])
		}
	})

	it('stay fast on text that begins many of them', () => {
		const words = [
			'user ',
			'the mailbox ',
			'a ',
			'is not ',
			'your host ',
			'domain x ',
			'<',
			'name service error for ',
			'550 ',
		]
		for (const word of words) {
			const text = comparableText(word.repeat(3_000))
			for (const [system, pattern] of patterns) {
				const start = performance.now()
				pattern.test(text)
				expect(performance.now() - start, `${system}: ${pattern.source}`).toBeLessThan(100)
			}
		}
	})

	it('name no address and no host of an example', () => {
		for (const [, { source }] of patterns) expect(source).not.toMatch(/\w@\w|\bexample\b/)
	})

	it('know only codes of RFC 3463’s form', () => {
		for (const detail of statusMeanings.keys()) expect(detail).toMatch(/^[1-7]\.\d{1,3}$/)
	})
})
