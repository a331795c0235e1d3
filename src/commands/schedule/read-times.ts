/** A time of day. */
export type Time = { hour: number; minute: number }

// 9:00, 9.00, 9h30, 9 h 30, 9 h, 9 am, 9:30 p.m., noon; “at 9” too
const timePattern =
	/(?:\b(?:at|a)\s|@)?\s*(?:\b(\d{1,2})\s?[:.h]\s?(\d{2})\b(?:\s?([ap])\.?m\b\.?)?|\b(\d{1,2})\s?(?:h|heures?|o.clock)(?![\p{L}\d])|\b(\d{1,2})\s?([ap])\.?m\b\.?|\b(noon|midday|midi|midnight|minuit)\b)|(?:\b(?:at|a)\s|@)\s?(\d{1,2})\b(?!\p{L})/gu

/**
 * Takes the times of day out of a text in lower case without accents. Gives them, and what is left; undefined where one
 * of them is none, as 25:00.
 */
export function takeTimes(text: string): { times: Time[]; rest: string } | undefined {
	const found: Time[] = []
	const rest = text.replace(timePattern, (_, ...groups: Array<string | undefined>) => {
		found.push(toTime(groups))
		return ' '
	})
	return found.every(isTime) ? { times: found, rest } : undefined
}

function toTime([hour, minute, half, plain, halfHour, halfOfHour, word, bare]: Array<
	string | undefined
>): Time {
	if (word) return { hour: /^(?:midnight|minuit)$/.test(word) ? 0 : 12, minute: 0 }
	const given = Number(hour ?? plain ?? halfHour ?? bare)
	return { hour: toHour(given, half ?? halfOfHour), minute: Number(minute ?? 0) }
}

function toHour(hour: number, half: string | undefined): number {
	if (half === undefined) return hour
	if (hour < 1 || hour > 12) return Number.NaN
	return (hour % 12) + (half === 'p' ? 12 : 0)
}

const isTime = ({ hour, minute }: Time) => hour >= 0 && hour <= 23 && minute <= 59
