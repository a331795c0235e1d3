import { findChanges, recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { completeRoundUp } from './complete-round-up.ts'
import { completeText } from './complete-text.ts'
import { noDefaultText } from './create-newsletter.ts'
import { getNewsletter, noSuchNewsletter } from './find-newsletter.ts'
import type { Newsletter, Schedule } from './newsletter.ts'
import type { NewsletterChanges } from './newsletter-input.ts'
import { requireOwnPages } from './require-own-pages.ts'
import { settingsOf } from './settings-of.ts'
import { putText, selectNewsletters, updateNewsletter } from './store.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Changes what is given and leaves the rest. A changed consent wording gets a new version; a language that is new needs
 * a name at least. Throws `not_found`, or `invalid` with the fields.
 */
export async function changeNewsletter(
	{ db, clock }: Deps,
	slug: string,
	changes: NewsletterChanges,
	actor: Actor,
): Promise<Newsletter> {
	const { texts: given = {}, schedule, roundUp, ...settings } = changes
	return db.transaction().execute(async (tx) => {
		const [before] = await selectNewsletters(tx, { slug, lock: true })
		if (!before) throw noSuchNewsletter(slug)
		const known = new Map(before.texts.map((text) => [text.locale, text]))
		const texts = Object.entries(given).flatMap(([locale, text]) =>
			text ? [completeText(locale, text, known.get(locale))] : [],
		)
		const newSchedule =
			schedule === undefined ? before.schedule : schedule && changeSchedule(before.schedule, schedule)
		const next = {
			...before,
			...withoutUndefined(settings),
			// an address that is given takes the place of what was uploaded
			...(settings.logoUrl && { logo: null }),
			schedule: newSchedule,
			roundUp:
				roundUp === undefined
					? before.roundUp
					: roundUp && completeRoundUp(roundUp, before.roundUp, newSchedule),
			updatedAt: clock.now(),
		}
		const hasDefault = texts.some(({ locale }) => locale === next.defaultLocale)
		if (!hasDefault && !known.has(next.defaultLocale)) throw noDefaultText()

		await updateNewsletter(tx, before.id, next)
		for (const text of texts) await putText(tx, before.id, text)
		const after = await getNewsletter({ db: tx }, { id: before.id })
		requireOwnPages(after)
		const changed = findChanges(settingsOf(before), settingsOf(after))
		const entry = { actor, action: 'change' as const, subject: `newsletter:${slug}`, changes: changed }
		await recordAudit({ db: tx, clock }, entry)
		return after
	})
}

/** What is not given stays as it is, and what is null goes. Throws `invalid` where a new one lacks what it needs. */
function changeSchedule(
	before: Schedule | null,
	changes: NonNullable<NewsletterChanges['schedule']>,
): Schedule {
	const { cron, timeZone, quietHours, misfireMinutes, draftFirst } = {
		...before,
		...withoutUndefined(changes),
	}
	if (cron === undefined || timeZone === undefined) {
		const missing = cron === undefined ? 'cron' : 'timeZone'
		throw invalidField(`schedule.${missing}`, 'errors.field.required')
	}
	return {
		...{ cron, timeZone },
		...(quietHours && { quietHours }),
		...(misfireMinutes && { misfireMinutes }),
		...(draftFirst && { draftFirst }),
	}
}

function withoutUndefined<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}
