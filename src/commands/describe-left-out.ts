import type { LeftOutAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'

const shownOfMany = 3

/** What a digest leaves out and why, a row a language and reason; an empty text where it leaves out nothing. `all`: with every story by its title. */
export function describeLeftOut(
	leftOut: LeftOutAnswer | undefined,
	{ t, table }: Pick<CommandContext, 't' | 'table'>,
	{ all = false } = {},
): string {
	const rows = (leftOut ?? []).map(({ locale, reason, count, stories }) => {
		const named = stories.slice(0, all ? stories.length : shownOfMany)
		const titles = named.map(({ id, title }) => `${id} ${title}`)
		const more = count > named.length ? ['…'] : []
		return [
			t(`language.${locale}`),
			String(count),
			t(`digest.left_out.${reason}`),
			[...titles, ...more].join('; '),
		]
	})
	if (rows.length === 0) return ''
	return `${t('digest.left_out.title')}\n${table(['readers', 'count', 'why', 'stories'], rows)}`
}
