import { z } from 'zod'
import { AppError, type FieldProblem } from '../../../kernel/app-error.ts'
import type { OwnStory, OwnVersion } from '../../../kernel/tables/digests.ts'
import { lineInput, linesInput } from '../../../kernel/text-input.ts'
import type { Newsletter } from '../../../newsletters/index.ts'
import { webAddress } from '../../../stories/index.ts'
import { checkInput } from '../../server/check-input.ts'

const schemas = {
	title: lineInput(300),
	summary: linesInput(2_000),
	link: webAddress,
	alt: lineInput(300),
	picture: webAddress,
}

/** The parts of a story in one language; its form has them as `title_fr`. */
const parts = ['title', 'summary', 'link', 'alt'] as const

/**
 * What the form on a story of staff's own says. A language is in it that has a title; the link may be missing, as of a short
 * notice. Throws `invalid` (`title_fr`, `link_en`, `picture`), also where no language has a title.
 */
export function ownStoryInput({ texts }: Newsletter, body: Record<string, string>, now: Date): OwnStory {
	const locales = texts.map(({ locale }) => locale)
	const names = locales.flatMap((locale) => parts.map((part) => [`${part}_${locale}`, part] as const))
	const typed = [...names, ['picture', 'picture'] as const].flatMap(([name, part]) => {
		const text = (body[name] ?? '').trim()
		// what stays empty is not looked at
		if (text === '') return []
		return [{ name, part, text: part === 'summary' ? text : text.replace(/\s*[\r\n]+\s*/g, ' ') }]
	})
	const shape = Object.fromEntries(typed.map(({ name, part }) => [name, schemas[part]]))
	const checked: Record<string, string> = checkInput(
		z.object(shape),
		Object.fromEntries(typed.map(({ name, text }) => [name, text])),
	)
	const versions: Record<string, OwnVersion> = {}
	const problems: FieldProblem[] = []
	for (const locale of locales) {
		const [head = '', text = '', link = '', alt = ''] = parts.map((part) => checked[`${part}_${locale}`])
		if (head !== '')
			versions[locale] = { title: head, summary: text, link: link || null, pictureAlt: alt || null }
		else if (text || link || alt)
			problems.push({ field: `title_${locale}`, message: 'errors.draft.own_title' })
	}
	if (problems.length === 0 && Object.keys(versions).length === 0)
		problems.push({ field: `title_${locales[0]}`, message: 'errors.draft.own_empty' })
	if (problems.length > 0) throw new AppError('invalid', 'errors.invalid', { fields: problems })
	return { writtenAt: now.toISOString(), picture: checked.picture || null, versions }
}
