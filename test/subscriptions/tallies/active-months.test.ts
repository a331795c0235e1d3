import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readActiveMonths } from '../../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader } from '../../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

it('Months are reckoned back from today by who came and who left, by language, and never below nobody', async () => {
	const { id: newsletterId } = await makeNewsletter(app)
	for (const [index, locale] of ['en', 'en', 'en', 'fr'].entries())
		await makeReader(app, newsletterId, { address: `active${index}@x.example`, locale })
	await makeReader(app, newsletterId, { address: 'pending@x.example', state: 'pending' })
	const now = app.clock.now()
	const dayOf = (monthsAgo: number) =>
		new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsAgo, 1)).toISOString().slice(0, 10)
	for (const [kind, monthsAgo, locale, count] of [
		['confirmed', 0, 'en', 2],
		['left_page', 0, 'en', 1],
		['bounced', 1, 'fr', 3],
		['confirmed', 2, 'en', 9],
		// before the months that are asked for
		['left_page', 5, 'en', 50],
	] as const)
		await sql`
			insert into subscriber_days (newsletter_id, day, kind, locale, source, count)
			values (${newsletterId}, ${dayOf(monthsAgo)}::date, ${kind}, ${locale}, 'page', ${count})`.execute(
			app.db,
		)
	const months = await readActiveMonths(app, { newsletterId, months: 4 })
	expect(months.map(({ month }) => month.toISOString().slice(0, 10))).toEqual([3, 2, 1, 0].map(dayOf))
	expect(months.map(({ byLocale }) => byLocale)).toEqual([
		{ en: 0, fr: 4 },
		{ en: 2, fr: 4 },
		{ en: 2, fr: 1 },
		{ en: 3, fr: 1 },
	])
	expect(Object.keys(months[0]?.byLocale ?? {})).toEqual(['en', 'fr'])
})
