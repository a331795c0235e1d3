import type { Selectable } from 'kysely'
import type { CamelRow } from '../kernel/camel-row.ts'
import type { Locale } from '../kernel/messages.ts'
import type { Tables } from '../kernel/tables.ts'

/** `new` stories are what the next digest chooses from; `mailed` ones are in a digest. */
export const storyStates = ['new', 'mailed', 'backlog', 'hidden'] as const
export type StoryState = (typeof storyStates)[number]

/** One item in one language: from a source, or written by staff. */
export type Story = CamelRow<Selectable<Tables['stories']>> & {
	state: StoryState
	/** The same story in other languages. */
	translations: Array<{ id: number; locale: Locale }>
}
