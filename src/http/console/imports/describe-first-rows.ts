import type { Messages } from '../../../kernel/messages.ts'
import { listTopics, type Newsletter } from '../../../newsletters/index.ts'
import {
	type ImportDeps,
	type ImportLook,
	type ImportRecord,
	listImportRows,
} from '../../../subscriptions/index.ts'
import { toRowAnswer } from '../../api/imports/import-answers.ts'
import { toLookAnswer } from '../../api/imports/look-answer.ts'
import type { RequestContext } from '../../server/route.ts'
import { topicNames } from '../describe-stories.ts'
import { spokenIn } from '../spoken-in.ts'

/** One of the first rows of a file: whom it is taken for, and what happens with them once that is checked. */
export type FirstRow = {
	line: number
	reader: ReturnType<typeof toLookAnswer>['readers'][number] & {
		/** Those wanted, where they are not all; and those of all that are not. */
		topicNames: string[]
		leftOutNames: string[]
		languageName: string | null
	}
	checked: ReturnType<typeof toRowAnswer> | undefined
}

const firstRows = 5

export async function describeFirstRows(
	deps: ImportDeps & { messages: Messages },
	request: RequestContext,
	{ newsletter, found, look }: { newsletter: Newsletter; found: ImportRecord; look: ImportLook },
): Promise<FirstRow[]> {
	const { locale } = request
	const telling = { messages: deps.messages, locale }
	const topics = await listTopics(deps, newsletter.id)
	const checked =
		found.state === 'checked' ? await listImportRows(deps, found.id, { limit: firstRows }, request.actor) : []
	const { readers } = toLookAnswer(look, telling)
	return look.rows.slice(0, firstRows).flatMap(({ line }, index) => {
		const reader = readers[index]
		if (!reader) return []
		const namesOf = (slugs: readonly string[]) => {
			const chosen = topics.filter(({ slug }) => slugs.includes(slug)).map(({ id }) => id)
			return topicNames(topics, chosen, locale)
		}
		const [language] = reader.language === null ? [] : spokenIn(locale, [reader.language])
		const row = checked.find((each) => each.line === line)
		return {
			line,
			reader: {
				...reader,
				topicNames: namesOf(reader.topics ?? []),
				leftOutNames: namesOf(reader.topicsLeftOut),
				languageName: language?.name ?? null,
			},
			checked: row && toRowAnswer(row, telling),
		}
	})
}
