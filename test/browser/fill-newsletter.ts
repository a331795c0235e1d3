import { operator } from '../../src/kernel/actor.ts'
import { changeNewsletter } from '../../src/newsletters/index.ts'
import { linkTranslations } from '../../src/stories/index.ts'
import { giveLeavingReason, unsubscribe, unsubscribeUrl } from '../../src/subscriptions/index.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import type { TestApp } from '../support/start-test-app.ts'

/** A newsletter in two languages with stories, a schedule and readers. Gives its slug. */
export async function fillNewsletter(app: TestApp): Promise<string> {
	const newsletter = await makeNewsletter(app, {
		texts: { en: { name: 'Hands Across' }, fr: { name: 'Mains tendues' } },
		colour: '#0f5c5c',
	})
	await changeNewsletter(
		app,
		newsletter.slug,
		{ schedule: { cron: '0 7 * * 4', timeZone: 'America/Montreal' } },
		operator,
	)
	const pairs = [
		[
			'A school kitchen opens, and attendance doubles',
			'Une cantine ouvre, et la fréquentation de l’école double',
		],
		['Who repairs the well? A water committee answers', 'Qui répare le puits ? Un comité de l’eau répond'],
		['Night school on a fishing quay', 'L’école du soir sur un quai de pêche'],
	]
	for (const [index, [en = '', fr = '']] of pairs.entries()) {
		const hoursAgo = 20 + index * 20
		const storyIds = [
			await makeStory(app, newsletter.id, {
				title: en,
				hoursAgo,
				summary:
					'The first meal was rice, beans and far too much ginger. Three weeks later two hundred children come to class who used to walk home at noon.',
			}),
			await makeStory(app, newsletter.id, {
				title: fr,
				hoursAgo,
				locale: 'fr',
				summary: 'Le premier repas : du riz, des haricots et beaucoup trop de gingembre.',
			}),
		]
		await linkTranslations(app, { storyIds }, operator)
	}
	await makeStory(app, newsletter.id, {
		title: 'What the midwives of Tambacounda ask of the road',
		hoursAgo: 70,
	})
	for (const [index, locale] of ['en', 'en', 'fr', 'fr'].entries())
		await confirmReader(app, newsletter.id, { address: `reader${index}@readers.example`, locale })
	await makeReader(app, newsletter.id, { address: 'reader4@readers.example', state: 'pending' })
	return newsletter.slug
}

/** A reader with the receipts of who signed up and confirmed. */
async function confirmReader(
	app: TestApp,
	newsletterId: number,
	{ address, locale }: { address: string; locale: string },
): Promise<void> {
	const id = await makeReader(app, newsletterId, { address, locale, state: 'pending' })
	await app.db.updateTable('subscriptions').set({ state: 'active' }).where('id', '=', id).execute()
	const receipt = {
		subscription_id: id,
		locale,
		page: 'https://handsacross.example/news',
		wording_version: 1,
	}
	const wording = 'J’accepte de recevoir « Mains tendues » par courriel.'
	await app.db
		.insertInto('consent_receipts')
		.values(
			(['requested', 'confirmed'] as const).map((action) => ({
				...receipt,
				action,
				wording,
				at: new Date(),
			})),
		)
		.execute()
}

/** A reader leaves by the button of the mail program, and says why. */
export async function leaveFrom(app: TestApp, digestId: number): Promise<void> {
	const { id } = await app.db.selectFrom('subscriptions').select('id').executeTakeFirstOrThrow()
	const token = unsubscribeUrl(app, { subscriptionId: id, digestId }).split('/').at(-1) ?? ''
	await unsubscribe(app, { token, page: 'one-click', ip: '192.0.2.1' })
	await giveLeavingReason(app, { token, reason: 'too_many', comment: 'A kind goodbye,\nand thank you.' })
}
