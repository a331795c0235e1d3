const made = new Map<string, Intl.DateTimeFormat>()
/** Zones are of people's choosing: what is kept has an end. */
const most = 500

/**
 * The formatter of a locale with these options, made once: to make one takes as long as to write fifty dates.
 * Throws a RangeError for a locale or zone that does not exist, as `Intl.DateTimeFormat` does.
 */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${locale} ${JSON.stringify(options)}`
	const known = made.get(key)
	if (known) return known
	if (made.size >= most) made.clear()
	const format = new Intl.DateTimeFormat(locale, options)
	made.set(key, format)
	return format
}
