import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { auditActions } from '../../src/audit/index.ts'
import { wordsOfAction } from '../../src/http/console/audit/describe-audit.ts'
import { listRoutes } from '../../src/http/list-routes.ts'
import type { OpenApiDocument } from '../../src/http/operation/api-document/describe-api.ts'
import { createOpenApiDocument } from '../../src/http/operation/api-document/openapi-document.ts'
import { listApiTexts, loadApiTexts } from '../../src/http/operation/api-document/translate-api.ts'
import { loadMessages } from '../../src/kernel/messages.ts'
import { newsletterLocales } from '../../src/newsletters/index.ts'

const messages = loadMessages(fileURLToPath(new URL('../../src/strings/', import.meta.url)))
const mails = loadMessages(fileURLToPath(new URL('../../emails/strings/', import.meta.url)))

// whatever a text names, it gets
const params = new Proxy({}, { get: () => 2, has: () => true, ownKeys: () => [] })
const textsIn = (locale: string) =>
	messages.keys(locale).map((key) => [key, messages.text(locale, key, params)] as const)

describe('the words of the pages and the command line', () => {
	it('are there in every language that newsletters and mails can be in', () => {
		expect([...messages.locales].sort()).toEqual([...newsletterLocales].sort())
		expect([...mails.locales].sort()).toEqual([...newsletterLocales].sort())
		for (const locale of messages.locales) {
			expect(messages.keys(locale).sort()).toEqual(messages.keys('en').sort())
		}
	})

	it('are all there that the code and the templates name in full', () => {
		const named = new Set<string>()
		const root = fileURLToPath(new URL('../../', import.meta.url))
		for (const file of globSync(['src/**/*.{ts,eta}', 'workers/*.ts'], { cwd: root })) {
			const text = readFileSync(join(root, file), 'utf8')
			for (const [, key = ''] of text.matchAll(/'((?:errors|console|pages)(?:\.[a-z_]+)+)'/g)) named.add(key)
		}
		expect(named.size).toBeGreaterThan(1_000)
		// some name a group, to which a word is added
		const isThere = (key: string) =>
			messages.has(key) || messages.keys('en').some((each) => each.startsWith(`${key}.`))
		expect([...named].filter((key) => !isThere(key))).toEqual([])
	})

	it('have one for everything that the audit log says', () => {
		for (const action of auditActions)
			expect([action, messages.has(wordsOfAction(action))]).toEqual([action, true])
	})

	it('use typographic apostrophes', () => {
		for (const locale of messages.locales) {
			for (const [key, text] of textsIn(locale))
				expect([key, text]).not.toEqual([key, expect.stringContaining("'")])
		}
	})

	it('have no ordinary space, and never none, before : ; ? ! and inside guillemets in French', () => {
		for (const [key, text] of textsIn('fr')) {
			const prose = text.replace(/(?:https?|smtps?):\S*|Authorization: |[\w.]+:\w+/g, '')
			expect([key, /( [:;?!»]|« |[\p{L}\d][:;?!»]|«[\p{L}\d])/u.exec(prose)?.[0]]).toEqual([key, undefined])
		}
	})
})

it('A topic is a “thème” in every French text, and the subject of a mail an “objet”', () => {
	const ofApi = Object.entries(loadApiTexts().get('fr') ?? {})
	const ofMails = mails.keys('fr').map((key) => [key, mails.text('fr', key, params)] as const)
	for (const [key, text] of [...textsIn('fr'), ...ofMails, ...ofApi]) {
		expect([key, /(?<!au )sujets?(?! SNS)\b/iu.exec(text)?.[0]]).toEqual([key, undefined])
	}
})

describe('the words of the API page', () => {
	it('are there in every language: src/http/operation/api-document/texts has a translation of each text of the routes', () => {
		// what routes do is not asked for here, only how they are described
		const deps: object = new Proxy(
			{ captured: {}, config: {} },
			{ get: (own, name) => Reflect.get(own, name) ?? {} },
		)
		const document = createOpenApiDocument(listRoutes(deps as never), '', '') as OpenApiDocument
		const english = listApiTexts(document)
		expect(english.length).toBeGreaterThan(300)
		for (const [locale, known] of loadApiTexts()) {
			expect([locale, english.filter((text) => known[text] === undefined)]).toEqual([locale, []])
			expect([locale, Object.keys(known).filter((text) => !english.includes(text))]).toEqual([locale, []])
		}
		expect([...loadApiTexts().keys()]).toEqual(newsletterLocales.filter((locale) => locale !== 'en'))
	})
})
