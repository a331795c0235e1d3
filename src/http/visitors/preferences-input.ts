import { z } from 'zod'
import { invalidField } from '../../kernel/app-error.ts'
import { addDays } from '../../kernel/clock.ts'
import { type Rhythm, rhythms, type UntranslatedRule, untranslatedRules } from '../../kernel/enumerations.ts'
import { firstMomentOf } from '../../kernel/wall-clock.ts'
import type { ChoicesWish } from '../../subscriptions/index.ts'
import { names } from './subscribe-input.ts'

/** The form of a reader's choices. */
export const preferencesForm = z.object({
	topics: names.meta({ description: 'The topics that were chosen.' }),
	offered: names.meta({ description: 'The topics that the page showed.' }),
	new_topics: z.string().optional().meta({ description: 'Sent where topics to come are wanted too.' }),
	language: z
		.string()
		.max(35)
		.optional()
		.meta({ description: 'The language of the digests.', example: 'fr' }),
	untranslated: z
		.enum(untranslatedRules)
		.optional()
		.meta({ description: 'What becomes of a story that is not in the language.' }),
	rhythm: z.enum(rhythms).optional().meta({ description: 'Each digest, or the round-up.' }),
	version: z.coerce
		.number()
		.int()
		.optional()
		.meta({ description: 'Which choices the page showed: where they have changed, nothing is saved.' }),
})

export type PreferencesForm = z.output<typeof preferencesForm>

export function toWish(form: PreferencesForm): ChoicesWish {
	const { topics, offered, new_topics, language, untranslated, rhythm } = form
	return {
		topics,
		offered,
		newTopics: new_topics !== undefined,
		locale: language,
		untranslated: untranslated as UntranslatedRule | undefined,
		rhythm: rhythm as Rhythm | undefined,
	}
}

/** The form of what a reader wishes to be called. */
export const nameForm = z.object({
	given_name: z
		.string()
		.default('')
		.meta({ description: 'The given name; nothing typed takes it away.', example: 'Amina' }),
})

/** The form of a pause: for some days from now, or until a day. */
export const pauseForm = z.object({
	days: z.enum(['14']).optional(),
	until: z
		.string()
		.max(20)
		.default('')
		.meta({ description: 'The day it goes on again.', example: '2027-01-15' }),
})

/** When a pause ends: a day begins when the clocks of the newsletter's zone say so. Throws `invalid` for what is no day. */
export function endOfPause(
	{ days, until }: z.output<typeof pauseForm>,
	{ now, timeZone }: { now: Date; timeZone: string },
): Date {
	if (days !== undefined) return addDays(now, Number(days))
	const day = /^\d{4}-\d\d-\d\d$/.test(until) ? new Date(`${until}T00:00:00Z`) : undefined
	// the 30th of February would be a day in March
	if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== until) {
		throw invalidField('until', 'errors.choices.no_day')
	}
	return new Date(firstMomentOf(timeZone, day.getTime()))
}
