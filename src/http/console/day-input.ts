import { z } from 'zod'
import { firstMomentOf } from '../../kernel/wall-clock.ts'

/** A day as a form sends it: `2026-11-26`; undefined where nothing was typed. */
export const dayInput = z
	.string()
	.trim()
	.transform((text, context) => {
		if (text === '') return undefined
		if (isDay(text)) return text
		context.addIssue({ code: 'custom', message: 'errors.day' })
		return z.NEVER
	})
	.optional()

function isDay(text: string): boolean {
	if (!/^[12]\d{3}-\d\d-\d\d$/.test(text)) return false
	const date = new Date(`${text}T00:00:00Z`)
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** When a day begins in a zone; with `days`, one that is so many days later. */
export function startOfDay(day: string, timeZone: string, days = 0): Date {
	const wall = Date.parse(`${day}T00:00:00Z`) + days * 86_400_000
	return new Date(firstMomentOf(timeZone, wall))
}
