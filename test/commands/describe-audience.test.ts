import { expect, it } from 'vitest'
import { isYes } from '../../src/commands/ask.ts'
import { describeAudience } from '../../src/commands/describe-digest.ts'
import { table } from '../../src/commands/print.ts'
import { loadCommandTexts } from '../../src/commands/speak.ts'

const messages = loadCommandTexts()
const context = (locale: string) => {
	const t = (key: string, params?: Parameters<typeof messages.text>[2]) =>
		messages.text(locale, `cli.${key}`, params)
	return {
		locale,
		t,
		table: (columns: readonly string[], rows: ReadonlyArray<readonly string[]>) =>
			table(
				columns.map((name) => t(`column.${name}`)),
				rows,
				100,
			),
	}
}
const titles = (...all: string[]) => all.map((title, index) => ({ id: index + 1, title }))

it('Who would get what is a table, with why the others get nothing under it', () => {
	const audience = {
		variants: [
			{ locale: 'fr', readers: 1_234, stories: titles('Un puits', 'Une école', 'Une route', 'Un pont') },
			{ locale: 'en', readers: 1, stories: titles('A well') },
		],
		excluded: { paused: 2, nothing_for_choices: 1 },
	}
	expect(describeAudience(audience, context('en'))).toBe(
		[
			'Who would get what:',
			'Language  How many  Which',
			'French    1,234     1 Un puits; 2 Une école; 3 Une route; …',
			'English   1         1 A well',
			'Nothing: paused 2, nothing of what they chose 1',
		].join('\n'),
	)
	expect(describeAudience(audience, context('fr'))).toContain('en pause 2, rien dans ce qu’ils ont choisi 1')
	expect(describeAudience({ variants: [], excluded: {} }, context('en'))).toBe('')
})

it('Yes is said in English or French; anything else sends nothing', () => {
	expect(['y', 'YES', ' o ', 'oui'].map(isYes)).toEqual([true, true, true, true])
	expect(['', 'n', 'no', 'yesterday'].map(isYes)).toEqual([false, false, false, false])
})
