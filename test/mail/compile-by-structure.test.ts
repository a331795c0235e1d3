import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileByStructure } from '../../src/mail/compile-by-structure.ts'
import { compileMjml } from '../../src/mail/compile-mjml.ts'
import { createRenderMail } from '../../src/mail/render-mail.ts'
import { sampleDigest, sampleMails, sampleStory } from '../emails/sample-mails.ts'

type Compile = typeof compileMjml

/** A renderer, and what it gave MJML to compile. */
function renderWith(wrap: (compile: Compile) => Compile) {
	const compiled: string[] = []
	const compile = wrap((mail, mjml) => {
		compiled.push(mjml)
		return compileMjml(mail, mjml)
	})
	return { compiled, render: createRenderMail({ compile }) }
}

const hostile = fc.string({
	unit: fc.constantFrom(
		'a',
		' ',
		'\n',
		'<',
		'>',
		'&',
		'"',
		"'",
		'$',
		'{',
		'}',
		'$&',
		'$1',
		';',
		'</mj-text>',
		'<!--',
		'-->',
		'é',
		'😀',
		'\u202e',
	),
	maxLength: 60,
})
const story = fc.record(
	{
		title: hostile.map((text) => `t${text}`),
		summary: hostile,
		author: fc.option(hostile),
		link: fc.option(fc.webUrl()),
		imageUrl: fc.option(fc.webUrl()),
		imageAlt: fc.option(hostile),
		locale: fc.constantFrom('en', 'fr', 'ar'),
		categories: fc.array(hostile, { maxLength: 2 }),
	},
	{ requiredKeys: ['title', 'summary'] },
)

describe('a mail that is put together', () => {
	it('is byte for byte what compiling the whole gives, whatever stands in its stories', async () => {
		const whole = renderWith((compile) => compile)
		const assembled = renderWith(compileByStructure)
		const digest = fc.record({
			stories: fc.array(story, { minLength: 1, maxLength: 5 }),
			subject: hostile.map((text) => `s${text}`),
			preheader: hostile.map((text) => `p${text}`),
		})
		await fc.assert(
			fc.asyncProperty(digest, fc.constantFrom('en', 'fr', 'ar'), async ({ stories, ...texts }, locale) => {
				const data = { ...sampleDigest('en', texts), stories: stories.map((each) => sampleStory(each)) }
				const [wanted, got] = await Promise.all([
					whole.render('digest', locale, data),
					assembled.render('digest', locale, data),
				])
				expect(got.html).toBe(wanted.html)
			}),
			{ numRuns: 50 },
		)
		expect(whole.compiled.length).toBeGreaterThan(40)
		// a structure for each number of stories and each direction of writing
		expect(assembled.compiled.length).toBeLessThanOrEqual(10)
	})

	it('is the same for every other mail, too', async () => {
		const whole = renderWith((compile) => compile)
		const assembled = renderWith(compileByStructure)
		for (const [name, data] of Object.entries(sampleMails('fr')) as Array<
			[keyof ReturnType<typeof sampleMails>, never]
		>) {
			const { html } = await whole.render(name, 'fr', data)
			expect((await assembled.render(name, 'fr', data)).html).toBe(html)
		}
	})
})
