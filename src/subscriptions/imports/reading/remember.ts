const mostRemembered = 10_000

/** Judges a text once, however many rows have it: most of what rows hold, they hold in common. */
export function remember<Value>(judge: (text: string) => Value): (text: string) => Value {
	const known = new Map<string, Value>()
	return (text) => {
		const before = known.get(text)
		if (before !== undefined || known.has(text)) return before as Value
		const value = judge(text)
		if (known.size === mostRemembered) known.clear()
		known.set(text, value)
		return value
	}
}
