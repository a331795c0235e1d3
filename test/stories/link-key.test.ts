import { expect, it } from 'vitest'
import { linkKey } from '../../src/stories/link-key.ts'

const same = [
	'https://charity.test/stories/1',
	'http://charity.test/stories/1',
	'https://www.charity.test/stories/1/',
	'https://CHARITY.test/stories/1?utm_source=rss&utm_medium=feed&fbclid=x',
	'https://charity.test:443/stories/1/index.html',
]
it('is the same over schemes, www, closing slashes and tracking', () => {
	expect(new Set(same.map(linkKey))).toEqual(new Set(['charity.test/stories/1']))
})

it.each([
	'https://charity.test/stories/2',
	'https://charity.test/Stories/1',
	'https://charity.test/stories/1?page=2',
	'https://charity.test/stories/1#two',
	'https://charity.test:8443/stories/1',
	'https://fr.charity.test/stories/1',
])('%s is another story', (link) => expect(linkKey(link)).not.toBe('charity.test/stories/1'))

it.each([
	null,
	'https://charity.test',
	'https://charity.test/',
	'https://www.charity.test/index.php',
	'no link',
])('%s tells nothing apart', (link) => expect(linkKey(link)).toBeNull())

it('knows stories by a query on the front page', () => {
	expect(linkKey('https://charity.test/?p=12')).toBe('charity.test?p=12')
})
