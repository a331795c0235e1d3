import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { AppError } from '../../src/kernel/app-error.ts'
import {
	changeNewsletter,
	createNewsletter,
	findNewsletter,
	getNewsletter,
	listId,
	listNewsletters,
	newsletterChanges,
	newsletterInput,
	textIn,
} from '../../src/newsletters/index.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app?.close())

let made = 0
async function create(input: object = {}) {
	made += 1
	const least = {
		slug: `letter-${made}`,
		texts: { fr: { name: 'Nouvelles' } },
		fromAddress: 'news@example.org',
	}
	return createNewsletter(app, newsletterInput.parse({ ...least, ...input }), operator)
}
const change = (slug: string, changes: object) =>
	changeNewsletter(app, slug, newsletterChanges.parse(changes), operator)

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
	const error = await work.catch((thrown: unknown) => thrown)
	if (!(error instanceof AppError)) throw new Error(`not refused: ${String(error)}`)
	return error
}

describe('a newsletter', () => {
	it('of which only the name is known speaks its language in all the rest', async () => {
		const newsletter = await create()
		expect(newsletter).toMatchObject({
			defaultLocale: 'fr',
			listIdDomain: 'example.org',
			storyLimit: 10,
			untranslated: 'skip',
			schedule: null,
			postalAddress: null,
		})
		expect(newsletter.texts).toEqual([
			{
				locale: 'fr',
				name: 'Nouvelles',
				description: 'Les derniers articles de «\u00a0Nouvelles\u00a0», par courriel.',
				fromName: 'Nouvelles',
				subjectPattern: '{name}\u00a0: {title}',
				preheaderPattern: '{count, plural, one {{summary}} other {Aussi\u00a0: {others}}}',
				roundUpSubjectPattern: '{name}, le récapitulatif\u00a0: {title}',
				consentWording: expect.stringContaining('«\u00a0Nouvelles\u00a0»'),
				consentVersion: 1,
				thankYouUrl: null,
			},
		])
	})

	it('takes no picture from its name into the name of its sender (F8)', async () => {
		const newsletter = await create({ texts: { en: { name: 'News 🎉' } } })
		expect(newsletter.texts[0]).toMatchObject({ name: 'News 🎉', fromName: 'News' })
	})

	it('is found by slug and by id, as it was stored', async () => {
		const schedule = { cron: '0 9 * * 1', timeZone: 'Africa/Dakar' }
		const newsletter = await create({
			schedule,
			logoUrl: 'https://example.org/l.png',
			replyTo: 'a@example.org',
		})
		expect(await findNewsletter(app, { slug: newsletter.slug })).toEqual(newsletter)
		expect(await getNewsletter(app, { id: newsletter.id })).toEqual(newsletter)
		expect(newsletter.schedule).toEqual(schedule)
		expect((await listNewsletters(app)).map(({ slug }) => slug)).toContain(newsletter.slug)
		expect(await findNewsletter(app, { slug: 'no\u0000thing' })).toBeUndefined()
		expect(await refusalOf(getNewsletter(app, { slug: 'nothing' }))).toMatchObject({ code: 'not_found' })
	})

	it('cannot have the slug of another, and two at once get it one', async () => {
		const results = await Promise.allSettled([create({ slug: 'once' }), create({ slug: 'once' })])
		expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
		const refused = await refusalOf(create({ slug: 'once' }))
		expect(refused).toMatchObject({ code: 'conflict', fields: [{ field: 'slug' }] })
	})

	it('needs texts in its default language', async () => {
		const refused = await refusalOf(create({ defaultLocale: 'en' }))
		expect(refused.fields).toMatchObject([
			{ field: 'defaultLocale', message: 'errors.newsletter.default_locale' },
		])
		const { slug } = await create()
		expect((await refusalOf(change(slug, { defaultLocale: 'en' }))).code).toBe('invalid')
		expect(await change(slug, { defaultLocale: 'en', texts: { en: { name: 'News' } } })).toMatchObject({
			defaultLocale: 'en',
			texts: [{ locale: 'en' }, { locale: 'fr' }],
		})
	})

	it('keeps what a change does not name', async () => {
		const before = await create({
			contact: 'hello@example.org',
			texts: { en: { name: 'A', description: 'B' } },
		})
		app.clock.advance({ hours: 1 })
		const after = await change(before.slug, { colour: '#112233', texts: { en: { fromName: 'C' } } })
		const updatedAt = app.clock.now()
		expect(after).toEqual({
			...before,
			colour: '#112233',
			updatedAt,
			texts: [{ ...before.texts[0], fromName: 'C' }],
		})
	})

	it('gets a name first in a language that is new to it', async () => {
		const { slug } = await create()
		const refused = await refusalOf(change(slug, { texts: { en: { description: 'x' } } }))
		expect(refused.fields).toMatchObject([{ field: 'texts.en.name', message: 'errors.field.required' }])
		expect((await getNewsletter(app, { slug })).texts).toHaveLength(1)
	})

	it('raises the version of its consent wording when that changes, and only then', async () => {
		const { slug } = await create()
		const versionAfter = async (text: object) =>
			textIn(await change(slug, { texts: { fr: text } }), 'fr').consentVersion
		expect(await versionAfter({ name: 'Autre nom' })).toBe(1)
		expect(await versionAfter({ consentWording: 'Je veux bien.' })).toBe(2)
		expect(await versionAfter({ consentWording: 'Je veux bien.' })).toBe(2)
		expect(await versionAfter({ consentWording: 'Oui.' })).toBe(3)
	})

	it('keeps its List-ID whatever it is renamed to or sent from (H1)', async () => {
		const before = await create()
		const after = await change(before.slug, { texts: { fr: { name: 'X' } }, fromAddress: 'x@other.example' })
		expect(listId(after)).toBe(listId(before))
		expect(listId(after)).toBe(`${before.slug}.example.org`)
	})

	it('falls back to its default language for a reader of another', async () => {
		const newsletter = await create()
		expect(textIn(newsletter, 'en').locale).toBe('fr')
	})
})
