import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadMessages } from '../../src/kernel/messages.ts'

const folder = fileURLToPath(new URL('../../emails/', import.meta.url))
const messages = loadMessages(`${folder}strings`)
const params = {
	newsletter: 'X',
	text: 'X',
	href: 'X',
	count: 2,
	days: 2,
	hours: 2,
	host: 'X',
	read: 'X',
	title: 'X',
	name: 'X',
	state: 'X',
	time: 'X',
	when: 'X',
	before: 'X',
	source: 'X',
	since: 'X',
	relay: 'X',
	stories: 2,
	accepted: 2,
	planned: 2,
	due: 2,
	returned: 2,
	doubt: 2,
	events: 2,
	usual: 2,
	note: 'X',
	file: 'X',
	added: 2,
	unusable: 2,
	out: 2,
	tries: 2,
	networks: 2,
	domains: 2,
	domain: 'X',
	cap: 'X',
}
// what a draft, a source, a digest or an alert can be: each has sentences of its own
const states = [
	'asked',
	'goes',
	'waits',
	'person',
	'checks',
	'late',
	'schedule',
	'nothing_new',
	'not_made',
	'approval',
	'gone',
	'paused',
	'failed',
	'over',
]
const alerts = ['relay', 'mailbox', 'digest', 'hour']
const texts = (locale: string) =>
	messages
		.keys(locale)
		.flatMap((key) => [...states, ...alerts].map((state) => messages.text(locale, key, { ...params, state })))

describe('the words of the mails', () => {
	test('are there in every language, key by key', () => {
		expect(messages.locales).toEqual(expect.arrayContaining(['en', 'fr']))
		for (const locale of messages.locales)
			expect(messages.keys(locale).sort()).toEqual(messages.keys('en').sort())
	})

	test('fill their placeholders alike in every language', () => {
		for (const locale of messages.locales)
			for (const key of messages.keys(locale)) {
				const used = Object.keys(params).filter((name) => varies(locale, key, name))
				expect([key, used]).toEqual([key, Object.keys(params).filter((name) => varies('en', key, name))])
			}
	})

	test('use typographic apostrophes', () => {
		for (const locale of messages.locales) for (const text of texts(locale)) expect(text).not.toMatch(/['"]/)
	})

	test('have no ordinary space, and never none, before : ; ? ! and inside guillemets in French', () => {
		for (const text of texts('fr')) {
			expect(text).not.toMatch(/ [:;?!»]/)
			expect(text).not.toMatch(/« /)
			expect(text).not.toMatch(/[\p{L}\d][:;?!»]|«[\p{L}\d]/u)
		}
	})

	test('every mail has its two templates', () => {
		for (const name of ['digest', 'confirm', 'already-active', 'suppressed'])
			expect(readdirSync(`${folder}${name}`)).toEqual(expect.arrayContaining(['email.mjml', 'email.txt']))
	})
})

function varies(locale: string, key: string, name: string): boolean {
	return messages.text(locale, key, params) !== messages.text(locale, key, { ...params, [name]: 7 })
}
