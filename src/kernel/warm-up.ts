/** How many messages a day may be sent at most: from a day on (`2026-12-01`, UTC) a number for each day. */
export type WarmUp = { from: string; ceilings: readonly number[] }

/** Reads `2026-12-01: 500 1000 2000 5000`. Undefined where it is not of that form, or where a day would have nothing. */
export function parseWarmUp(text: string): WarmUp | undefined {
	const [, from = '', rest = ''] = /^(\d{4}-\d{2}-\d{2}):\s*([\d\s]+)$/.exec(text.trim()) ?? []
	const ceilings = rest.split(/\s+/).filter(Boolean).map(Number)
	const isDay = from !== '' && new Date(`${from}T00:00:00Z`).toJSON()?.startsWith(from) === true
	const usable = ceilings.length > 0 && ceilings.every((ceiling) => ceiling > 0 && ceiling <= 1_000_000_000)
	return isDay && usable ? { from, ceilings } : undefined
}
