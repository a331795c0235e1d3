/** Which benchmarks are wanted, and what is passed on to each; or the names that there are not. */
export type Wish = { names: string[]; passedOn: string[] } | { unknown: string[] }

/**
 * Reads `NAME …` (none: all that are known), `NAME ARGUMENT …`, where what follows the one name is its arguments, and
 * `NAME … -- ARGUMENT …`.
 */
export function readWish(given: readonly string[], known: readonly string[]): Wish {
	const dashes = given.indexOf('--')
	const before = dashes < 0 ? given : given.slice(0, dashes)
	const after = dashes < 0 ? [] : given.slice(dashes + 1)
	const [first = '', ...rest] = before
	const isOneWithArguments =
		known.includes(first) && rest.length > 0 && !rest.some((word) => known.includes(word))
	const names = isOneWithArguments ? [first] : [...before]
	const unknown = names.filter((name) => !known.includes(name))
	if (unknown.length > 0) return { unknown }
	return {
		names: names.length > 0 ? names : [...known],
		passedOn: isOneWithArguments ? [...rest, ...after] : [...after],
	}
}
