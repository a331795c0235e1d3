import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isCronPattern, latestOccurrence, nextOccurrence } from '../../src/kernel/cron.ts'

test.each(['0 9 * * 1', '30 6 1,15 * *', '0 9 * * 1-5', '*/15 8-18 * * *'])(
	'“%s” is a cron pattern',
	(pattern) => {
		expect(isCronPattern(pattern)).toBe(true)
	},
)

test.each(['', 'monday', '@daily', '0 9 * *', '0 0 9 * * 1', '60 9 * * *', '0 9 31 2 *'])(
	'“%s” is none, or never comes up',
	(pattern) => {
		expect(isCronPattern(pattern)).toBe(false)
	},
)

test('The latest occurrence counts in the time zone, on both sides of a change of clocks', () => {
	const monday = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
	const latest = (now: string) => latestOccurrence(monday, new Date(now)).toISOString()
	expect(latest('2026-03-10T12:00:00Z')).toBe('2026-03-09T13:00:00.000Z')
	expect(latest('2026-03-05T12:00:00Z')).toBe('2026-03-02T14:00:00.000Z')
})

test('An occurrence counts from its very moment', () => {
	const monday = { cron: '0 9 * * 1', timeZone: 'UTC' }
	const latest = (now: string) => latestOccurrence(monday, new Date(now)).toISOString()
	expect(latest('2026-03-09T09:00:00.000Z')).toBe('2026-03-09T09:00:00.000Z')
	expect(latest('2026-03-09T08:59:00.000Z')).toBe('2026-03-02T09:00:00.000Z')
})

const hourMs = 3_600_000
const minuteMs = 60_000

/** What the clocks of a zone show at a moment: `2026-03-29 02:30`. */
function clocksOf(timeZone: string): (at: number) => string {
	const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
	return (at) => format.format(at)
}

/** The first moment of the hour in which the clocks of a zone are next changed; undefined where that is never. */
function nextChange(timeZone: string, from: number): number | undefined {
	const show = clocksOf(timeZone)
	const offset = (at: number) => Date.parse(`${show(at).replace(' ', 'T')}:00Z`) - at
	for (let at = from; at < from + 400 * 24 * hourMs; at += 24 * hourMs) {
		if (offset(at) === offset(at + 24 * hourMs)) continue
		while (offset(at) === offset(at + hourMs)) at += hourMs
		return at
	}
	return undefined
}

test('In every zone each time of day comes up once a day, whatever is done to the clocks in the next ten years', () => {
	const zones = Intl.supportedValuesOf('timeZone')
	const start = Date.parse('2026-11-01T00:00:00Z')
	let changes = 0
	const property = fc.property(
		fc.constantFrom(...zones),
		fc.integer({ min: 0, max: 10 * 365 }),
		fc.integer({ min: -90, max: 90 }),
		(timeZone, day, minutesOff) => {
			const from = start + day * 24 * hourMs
			const change = nextChange(timeZone, from)
			if (change !== undefined) changes += 1
			const around = change ?? from
			const show = clocksOf(timeZone)
			// the time of day that is looked at is one near the change, shown or not
			const time = show(Math.floor(around / minuteMs) * minuteMs + minutesOff * minuteMs).slice(11)
			const cron = `${Number(time.slice(3))} ${Number(time.slice(0, 2))} * * *`
			const begin = Math.floor(around / minuteMs) * minuteMs - 50 * hourMs
			const end = begin + 100 * hourMs

			const expected: number[] = []
			const seen = new Set<string>([show(begin).slice(0, 10)])
			let furthest = show(begin)
			for (let at = begin; at <= end; at += minuteMs) {
				const shown = show(at)
				if (shown > furthest) furthest = shown
				const date = furthest.slice(0, 10)
				if (seen.has(date) || furthest < `${date} ${time}`) continue
				seen.add(date)
				expected.push(at)
			}
			const found: number[] = []
			const repetition = { cron, timeZone }
			const [first = begin] = expected
			for (let at = first - minuteMs; ; ) {
				at = nextOccurrence(repetition, new Date(at)).getTime()
				if (at > end) break
				found.push(at)
			}
			expect(found.map(show)).toEqual(expected.map(show))
			expect(found).toEqual(expected)
			for (const [index, at] of found.entries()) {
				expect(latestOccurrence(repetition, new Date(at)).getTime()).toBe(at)
				const next = found[index + 1] ?? at + hourMs
				expect(latestOccurrence(repetition, new Date(next - 2_000)).getTime()).toBe(at)
			}
		},
	)
	fc.assert(property, { numRuns: Number(process.env.CRON_RUNS ?? 60) })
	expect(changes).toBeGreaterThan(0)
}, 600_000)

test('A time that is left out comes up at the first moment after it, one that comes twice the first time', () => {
	const next = (cron: string, timeZone: string, after: string) =>
		nextOccurrence({ cron, timeZone }, new Date(after)).toISOString()
	expect(next('30 2 * * 0', 'Europe/Paris', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
	expect(next('30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z')).toBe('2026-11-01T05:30:00.000Z')
	expect(next('30 1 * * *', 'America/New_York', '2026-11-01T05:30:00Z')).toBe('2026-11-02T06:30:00.000Z')
	// midnight is left out in Cairo, half an hour in Lord Howe
	expect(next('0 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z')).toBe('2026-04-23T22:00:00.000Z')
	expect(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z')).toBe('2026-10-03T15:30:00.000Z')
	// several that are left out at once are one
	expect(next('*/10 2 * * *', 'Europe/Paris', '2026-03-29T01:00:00Z')).toBe('2026-03-30T00:00:00.000Z')
})
