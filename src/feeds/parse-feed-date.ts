// RFC 3339 and the W3C profile of ISO 8601; a space for the T and a missing zone are met in the wild
const isoPattern =
	/^(\d{4})-(\d{2})(?:-(\d{2}))?(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}:?\d{2})?)?$/
// RFC 822 §5 as RSS has it, with years of two or four digits
const mailPattern =
	/^(?:[a-z]{3,9}\.?,?\s{1,5})?(\d{1,2})[\s-]{1,5}([a-z]{3,9})\.?[\s-]{1,5}(\d{4}|\d{2})(?:,?\s{1,5}(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?\s{0,5}([+-]\d{2}:?\d{2}|[a-z]{1,5})?)?$/i

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Minutes east of UTC. RFC 822 §5.1, and what European sites write in its place; any other name is read as UTC (RFC 5322 §4.3). */
const zoneMinutes: Readonly<Record<string, number>> = {
	est: -300,
	edt: -240,
	cst: -360,
	cdt: -300,
	mst: -420,
	mdt: -360,
	pst: -480,
	pdt: -420,
	bst: 60,
	cet: 60,
	cest: 120,
	eet: 120,
	eest: 180,
}

/**
 * The instant that a date of a feed names, or null where it is not a date: 31 February, a wrong zone, words.
 * A missing zone means UTC, so that the answer does not depend on this machine.
 */
export function parseFeedDate(input: string): Date | null {
	const text = input.trim()
	if (text.length > 60) return null
	const iso = isoPattern.exec(text)
	if (iso) {
		const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = iso
		return toInstant([year, month, day, hour, minute, second].map(Number), zone, Number(`0.${fraction}`))
	}
	const mail = mailPattern.exec(text)
	if (!mail) return null
	const [, day, name = '', year = '', hour = '0', minute = '0', second = '0', zone = 'Z'] = mail
	const month = months.indexOf(name.slice(0, 3).toLowerCase()) + 1
	return toInstant([fullYear(year), month, day, hour, minute, second].map(Number), zone)
}

// RFC 5322 §4.3
function fullYear(year: string): number {
	if (year.length === 4) return Number(year)
	return Number(year) < 50 ? 2000 + Number(year) : 1900 + Number(year)
}

function toInstant(parts: number[], zone: string, fraction = 0): Date | null {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
	// a leap second is told as :60
	const inRange = year >= 1970 && month >= 1 && hour <= 24 && minute <= 59 && second <= 60
	const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(fraction * 1000)))
	const sameDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
	const offset = offsetMinutes(zone)
	if (!inRange || !sameDay || month > 12 || offset === undefined) return null
	return new Date(date.getTime() - offset * 60_000)
}

function offsetMinutes(zone: string): number | undefined {
	const numeric = /^([+-])(\d{2}):?(\d{2})$/.exec(zone)
	if (!numeric) return zoneMinutes[zone.toLowerCase()] ?? 0
	const minutes = Number(numeric[2]) * 60 + Number(numeric[3])
	if (minutes > 18 * 60) return undefined
	return numeric[1] === '-' ? -minutes : minutes
}
