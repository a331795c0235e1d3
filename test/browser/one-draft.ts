import { getDraft, openDraft } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

/** An app with one draft, of one story for one reader, that nobody has written anything into. */
export async function startWithOneDraft(): Promise<{ app: TestApp; id: number }> {
	const app = await startTestApp({ workers: false })
	const newsletter = await makeNewsletter(app)
	await makeReader(app, newsletter.id, { address: 'awa@example.net' })
	await makeStory(app, newsletter.id, { title: 'A well is dug' })
	const { id } = await openDraft(app, newsletter.id, { actor: operator })
	return { app, id }
}

/** What has been written into it. */
export async function contentOf(app: TestApp, id: number) {
	return (await getDraft(app, id)).content
}
