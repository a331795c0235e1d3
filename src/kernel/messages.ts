import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import type { MessageParams } from './app-error.ts'

/** A language tag with a file in a strings folder: `en`, `fr` … */
export type Locale = string

/**
 * The texts of one strings folder, a file a locale (`en.json`, `fr.json`) or one a locale in each area's folder: nested
 * objects whose leaves are ICU messages. A key is the path joined by dots.
 */
export type Messages = {
	locales: readonly Locale[]
	/** The text of `key` with its values; the default locale's where the locale lacks it; throws on an unknown key. */
	text(locale: Locale, key: string, params?: MessageParams): string
	has(key: string): boolean
	/** The keys each locale has, for the test that they are the same. */
	keys(locale: Locale): string[]
}

const defaultLocale = 'en'

/** Reads a strings folder once, and the areas in it where it has folders. */
export function loadMessages(folder: string): Messages {
	const catalogs = new Map<Locale, Map<string, string>>()
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
		const locale = basename(file, '.json')
		const texts = flatten(JSON.parse(readFileSync(join(folder, file), 'utf8')))
		catalogs.set(locale, new Map([...(catalogs.get(locale) ?? []), ...texts]))
	}
	const formats = new Map<string, IntlMessageFormat>()

	const format = (locale: Locale, key: string): IntlMessageFormat => {
		const id = `${locale} ${key}`
		const known = formats.get(id)
		if (known) return known
		const pattern = catalogs.get(locale)?.get(key) ?? catalogs.get(defaultLocale)?.get(key)
		if (pattern === undefined) throw new Error(`no text for the key ${key}`)
		const made = new IntlMessageFormat(pattern, locale, undefined, { ignoreTag: true })
		formats.set(id, made)
		return made
	}

	return {
		locales: [...catalogs.keys()],
		text: (locale, key, params) => String(format(locale, key).format(params)),
		has: (key) => catalogs.get(defaultLocale)?.has(key) ?? false,
		keys: (locale) => [...(catalogs.get(locale)?.keys() ?? [])],
	}
}

function flatten(tree: Record<string, unknown>, prefix = ''): Map<string, string> {
	const flat = new Map<string, string>()
	for (const [name, value] of Object.entries(tree)) {
		const key = prefix ? `${prefix}.${name}` : name
		if (typeof value === 'string') flat.set(key, value)
		else for (const [inner, text] of flatten(value as Record<string, unknown>, key)) flat.set(inner, text)
	}
	return flat
}
