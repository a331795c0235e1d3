import { afterAll, beforeAll, expect, test } from 'vitest'
import { previewDigest } from '../../src/digests/index.ts'
import { maxHtmlBytes, type RenderedNewsletter, renderDigest } from '../../src/digests/render-digest.ts'
import { slotMarker } from '../../src/kernel/mail.ts'
import { longestGivenName } from '../../src/subscriptions/index.ts'
import { makeNewsletter, makeStory } from '../support/make-newsletter.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())

test('A digest that just fits still does with the longest name in its greeting (F11)', async () => {
	const newsletter = await makeNewsletter(app, { signupAsks: ['given_name'] })
	for (const title of ['First', 'Second']) await makeStory(app, newsletter.id, { title })
	const [preview] = await previewDigest(app, newsletter.id)
	const [first, second] = preview?.stories ?? []
	if (!first || !second) throw new Error('no stories')

	const render = async (length: number) => {
		const stories = [first, { ...second, summary: 'x'.repeat(length) }]
		const options = { now: app.clock.now(), publicId: undefined }
		const [rendition] = await renderDigest(
			app,
			newsletter as RenderedNewsletter,
			[{ locale: 'en', stories }],
			options,
		)
		if (!rendition) throw new Error('nothing was rendered')
		return rendition
	}
	let [fits, tooLong] = [1, maxHtmlBytes]
	while (tooLong - fits > 1) {
		const middle = Math.floor((fits + tooLong) / 2)
		if ((await render(middle)).droppedStories === 0) fits = middle
		else tooLong = middle
	}
	const { html, nonce } = await render(fits)
	const named = html.replace(
		slotMarker(nonce, 'givenName'),
		` <bdi>${'&quot;'.repeat(longestGivenName)}</bdi>`,
	)
	expect(named).toContain('Hello <bdi>&quot;')
	const links = 2 * (`${app.config.publicUrl}/unsubscribe/`.length + 30)
	const bytes = Buffer.byteLength(named.replaceAll(new RegExp(`slot_${nonce}_\\w+?_`, 'g'), '')) + links
	expect(bytes).toBeLessThanOrEqual(maxHtmlBytes)
	expect(bytes).toBeGreaterThan(maxHtmlBytes - 300)
})
