/** Hours east of UTC, by the names that feeds write (RFC 822 §5.1, and many others). */
const hours: Readonly<Record<string, number>> = {
	...{
		z: 0,
		ut: 0,
		utc: 0,
		gmt: 0,
		wet: 0,
		west: 1,
		bst: 1,
		cet: 1,
		met: 1,
		mez: 1,
		cest: 2,
		mest: 2,
		mesz: 2,
	},
	...{
		eet: 2,
		eest: 3,
		oez: 2,
		oesz: 3,
		msk: 3,
		trt: 3,
		ist: 5.5,
		pkt: 5,
		npt: 5.75,
		gst: 4,
		ict: 7,
		wib: 7,
	},
	...{ sgt: 8, hkt: 8, pht: 8, awst: 8, jst: 9, kst: 9, acst: 9.5, acdt: 10.5, aest: 10, aedt: 11 },
	...{ nzst: 12, nzdt: 13, sast: 2, cat: 2, wat: 1, eat: 3, brt: -3, art: -3, clt: -4, hst: -10 },
	...{ nst: -3.5, ndt: -2.5, ast: -4, adt: -3, est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6 },
	...{ pst: -8, pdt: -7, akst: -9, akdt: -8, hnec: 1, haec: 2 },
}

/** Names that leave it to the date whether it is summer. */
const places: Readonly<Record<string, string>> = {
	et: 'America/New_York',
	ct: 'America/Chicago',
	mt: 'America/Denver',
	pt: 'America/Los_Angeles',
	est5edt: 'America/New_York',
	cst6cdt: 'America/Chicago',
	mst7mdt: 'America/Denver',
	pst8pdt: 'America/Los_Angeles',
}

/**
 * Minutes east of UTC of a zone at a local time, told as if it were UTC: `+0100`, `GMT+1`, a name, or a place such as
 * `Europe/Paris`. An unknown name is read as UTC (RFC 5322 §4.3). Undefined for more than 18 hours.
 */
export function zoneMinutes(zone: string, local: number): number | undefined {
	const [, sign, hour = '0', minute = '0'] = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zone) ?? []
	if (sign) {
		const minutes = Number(hour) * 60 + Number(minute)
		if (minutes > 18 * 60) return undefined
		return sign === '-' ? -minutes : minutes
	}
	const place = places[zone] ?? (zone.includes('/') ? zone : undefined)
	return place ? minutesAt(place, local) : Math.round((hours[zone] ?? 0) * 60)
}

export function isZone(word: string): boolean {
	return word in hours || word in places
}

function minutesAt(timeZone: string, local: number): number {
	try {
		const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
		const offsetAt = (time: number) => {
			const name = format.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? ''
			const [, sign, hour = '0', minute = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? []
			return (sign === '-' ? -1 : 1) * (Number(hour) * 60 + Number(minute))
		}
		// the first guess may be on the other side of a change of the clocks
		return offsetAt(local - offsetAt(local) * 60_000)
	} catch {
		return 0
	}
}
