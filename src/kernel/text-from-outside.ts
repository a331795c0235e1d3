/**
 * Text that a relay, a report, a feed, a webhook, a header or a mailbox sent, as PostgreSQL can hold it: NUL, which
 * neither `text` nor `jsonb` takes, and lone surrogates, which UTF-8 has no form for, become U+FFFD. Called once, where
 * the text comes in. Gives at most `maxLength` UTF-16 units and never cuts a character in two.
 */
export function textFromOutside(text: string, maxLength = Number.POSITIVE_INFINITY): string {
	const held = text.toWellFormed().replaceAll('\0', '\ufffd')
	return held.length <= maxLength ? held : held.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')
}

/** The same for all texts of parsed JSON or a record of fields, keys included; dates and bytes stay as they are. */
export function valueFromOutside<Value>(value: Value): Value {
	return clean(value) as Value
}

function clean(value: unknown): unknown {
	if (typeof value === 'string') return textFromOutside(value)
	if (Array.isArray(value)) return value.map(clean)
	if (value === null || typeof value !== 'object' || !isRecord(value)) return value
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [textFromOutside(key), clean(inner)]))
}

function isRecord(value: object): boolean {
	const prototype = Object.getPrototypeOf(value)
	return prototype === Object.prototype || prototype === null
}
