import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Locale } from '../../../kernel/messages.ts'
import type { OpenApiDocument } from './describe-api.ts'

/** The texts of the API document in other languages: a file a language, by the English text that stands in the code. */
export type ApiTexts = ReadonlyMap<Locale, Readonly<Record<string, string>>>

const folder = fileURLToPath(new URL('./texts/', import.meta.url))

export function loadApiTexts(): ApiTexts {
	const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
	return new Map(
		files.map((name) => [
			name.replace(/\.json$/, ''),
			JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as Record<string, string>,
		]),
	)
}

/** The document with its texts in a language, as far as that has them; a language without a file gets English. */
export function translateApi(document: OpenApiDocument, locale: Locale, texts: ApiTexts): OpenApiDocument {
	const known = texts.get(locale)
	if (!known) return document
	return mapTexts(document, (text) => known[text] ?? text) as OpenApiDocument
}

/** Every text of the document that people read. */
export function listApiTexts(document: OpenApiDocument): string[] {
	const found = new Set<string>()
	mapTexts({ paths: document.paths, components: document.components }, (text) => {
		found.add(text)
		return text
	})
	return [...found]
}

function mapTexts(node: unknown, map: (text: string) => string): unknown {
	if (Array.isArray(node)) return node.map((each) => mapTexts(each, map))
	if (node === null || typeof node !== 'object') return node
	return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapEntry(key, value, map)]))
}

function mapEntry(key: string, value: unknown, map: (text: string) => string): unknown {
	if ((key === 'description' || key === 'summary') && typeof value === 'string') return map(value)
	if (key === 'tags' && Array.isArray(value)) return value.map((tag) => map(String(tag)))
	// data are not translated
	return key === 'example' || key === 'examples' || key === 'enum' ? value : mapTexts(value, map)
}
