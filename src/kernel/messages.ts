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

const loaded = new Map<string, Messages>()

/** Reads a strings folder, and the areas in it where it has folders, once a process: its files belong to the code. */
export function loadMessages(folder: string): Messages {
	const messages = loaded.get(folder) ?? readMessages(folder)
	loaded.set(folder, messages)
	return messages
}

function readMessages(folder: string): Messages {
	const catalogs = new Map<Locale, Map<string, string>>()
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	for (const file of files.filter((name) => name.endsWith('.json')).sort()) {
		const locale = basename(file, '.json')
		const catalog = catalogs.get(locale) ?? new Map<string, string>()
		flatten(JSON.parse(readFileSync(join(folder, file), 'utf8')), catalog)
		catalogs.set(locale, catalog)
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

/** Puts every text of `tree` into `flat`, under its path. */
function flatten(tree: Record<string, unknown>, flat: Map<string, string>, prefix = ''): void {
	for (const [name, value] of Object.entries(tree)) {
		const key = prefix ? `${prefix}.${name}` : name
		if (typeof value === 'string') flat.set(key, value)
		else flatten(value as Record<string, unknown>, flat, key)
	}
}
