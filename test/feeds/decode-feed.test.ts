import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFeed } from '../../src/feeds/decode-feed.ts'

/** A feed of these pieces: text is UTF-8, `\x` bytes are given as numbers. */
function bytes(encoding: string | undefined, ...pieces: Array<string | number[]>): Uint8Array {
	const declaration = `<?xml version="1.0"${encoding ? ` encoding="${encoding}"` : ''}?>`
	return Buffer.concat([declaration, ...pieces].map((piece) => Buffer.from(piece as string)))
}

const textOf = (input: Uint8Array, contentType?: string) =>
	decodeFeed(input, contentType).replace(/^<.*?>/, '')

describe('one broken byte', () => {
	it.each<[string, Uint8Array, string]>([
		['a letter cut in the middle', bytes('utf-8', 'été, caf', [0xc3], '<b>où'), 'été, caf\ufffd<b>où'],
		['a mark cut in the middle', bytes('utf-8', 'l’été', [0xe2, 0x80]), 'l’été\ufffd'],
		['the second half of a letter', bytes(undefined, 'été', [0xa9], ' là'), 'été\ufffd là'],
		['a letter of Windows-1252', bytes('utf-8', 'été, caf', [0xe9], ' là'), 'été, café là'],
		[
			'its marks',
			bytes(undefined, 'été ', [0xab, 0xa0], 'l', [0x92], 'an', [0x96, 0xbb]),
			'été «\u00a0l’an–»',
		],
		['after a byte order mark', bytes('utf-8', 'ici ', [0xe0], ' là'), 'ici à là'],
	])('%s leaves the rest as it is', (_, input, text) => expect(textOf(input)).toBe(text))

	it('of a text in any script harms nothing but its own letter', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom('é', 'à', 'ß', '’', '日', '😀', 'a', ' ', '.'), {
					minLength: 20,
					maxLength: 60,
				}),
				fc.nat(19),
				fc.constantFrom(0x80, 0x92, 0xa9, 0xc3, 0xe2, 0xe9, 0xf0, 0xff),
				(letters, at, byte) => {
					fc.pre(letters.filter((letter) => letter > '\x7f').length > 5)
					const [before, after] = [letters.slice(0, at).join(''), letters.slice(at).join('')]
					const text = textOf(bytes('utf-8', before, [byte], after))
					expect(text.startsWith(before)).toBe(true)
					expect(text.endsWith(after.slice(2))).toBe(true)
				},
			),
		)
	})
})

describe('a charset', () => {
	it.each(['ISO-8859-1', 'US-ASCII', 'windows-1252', 'iso-8859-15', undefined])(
		'%s of UTF-8 is UTF-8',
		(name) => {
			expect(textOf(bytes(name, 'l’été à Nîmes'))).toBe('l’été à Nîmes')
			expect(textOf(bytes(name, 'l’été à Nîmes'), `text/xml; charset=${name ?? 'latin1'}`)).toBe(
				'l’été à Nîmes',
			)
		},
	)

	it.each<[string, number[], string]>([
		['ISO-8859-1', [0x6c, 0x92, 0xe9, 0x74, 0xe9, 0x20, 0xc9, 0xa0, 0x21], 'l’été É\u00a0!'],
		['windows-1251', [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], 'Привет'],
		['gbk', [0xc1, 0xaa, 0xcd, 0xa8], '联通'],
		['Shift_JIS', [0x83, 0x6a, 0x83, 0x85, 0x81, 0x5b, 0x83, 0x58, 0x83, 0x6a, 0xff], 'ニュースニ\ufffd'],
		['utf-8', [0x6c, 0x92, 0xe9, 0x74, 0xe9], 'l’été'],
	])('%s is read as such where it is that, or can be nothing else', (name, content, text) => {
		expect(textOf(bytes(name, content))).toBe(text)
	})
})
