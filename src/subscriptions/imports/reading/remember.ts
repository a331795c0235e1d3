const mostRemembered = 10_000

/** Judges a text once, however many rows have it: most of what rows hold, they hold in common. */
export function remember<Value>(judge: (text: string) => Value): (text: string) => Value {
	const known = new Map<string, Value>()
	return (text) => {
		const before = known.get(text)
		if (before !== undefined || known.has(text)) return before as Value
		// a cell may be a part of a long text, all of which would stay in memory with it
		const own = Buffer.from(text, 'utf16le').toString('utf16le')
		const value = judge(own)
		if (known.size === mostRemembered) known.clear()
		known.set(own, value)
		return value
	}
}
