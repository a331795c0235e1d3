const units: ReadonlyArray<readonly [RegExp, number]> = [
	[/^s/, 1],
	[/^m/, 60],
	[/^h/, 3_600],
	[/^(?:d|j)/, 86_400],
]

const longestSeconds = 7 * 86_400

const announced =
	/\b(?:try again|retry|retry[- ]after|again|wait|resume\w*|reset\w*|back|available|réessayez|réessayer|patientez|attendez)(?: \S{1,12}){0,3}? ?(?:in|after|for|dans|within|:|=|at least)? ?(\d{1,6}|an?|one|une?) ?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|heures?|days?|d|jours?|j)\b/

/**
 * How long a refusal asks us to wait, in seconds, at most a week: “try again in 15 minutes”, “retry-after: 60”, “try again
 * after Fri, 24 Jan 2020 16:05:25 UTC”, “tomorrow”; undefined where it doesn't say.  */
export function readWait(reply: string, now: Date): number | undefined {
	const text = reply.slice(0, 1_000).toLowerCase().replace(/\s+/g, ' ')
	const [, amount = '', unit = ''] = announced.exec(text) ?? []
	const factor = units.find(([pattern]) => pattern.test(unit))?.[1]
	if (factor !== undefined) return within(factor * (/^\d/.test(amount) ? Number(amount) : 1))
	const [, bare] = /\bretry[- ]after[:= ]{1,3}(\d{1,6})\b/.exec(text) ?? []
	if (bare !== undefined) return within(Number(bare))
	const [, date] =
		/\b(?:after|until|at|on)\s+((?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d(?::\d\d)?(?: ?(?:UTC|GMT|[+-]\d{4}))?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?)/i.exec(
			reply,
		) ?? []
	const at =
		date === undefined
			? Number.NaN
			: Date.parse(/(?:UTC|GMT|Z|[+-]\d\d:?\d\d)$/i.test(date) ? date : `${date}Z`)
	if (at > now.getTime()) return within((at - now.getTime()) / 1_000)
	return /\b(?:tomorrow|next day|demain)\b/.test(text) ? 86_400 : undefined
}

function within(seconds: number): number {
	return Math.min(Math.max(Math.ceil(seconds), 1), longestSeconds)
}
