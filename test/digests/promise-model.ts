import type { Rhythm, UntranslatedRule } from '../../src/kernel/enumerations.ts'

export type Choices = {
	locale: string
	/** Undefined: all and those to come. */
	topics: string[] | undefined
	/** Makes `topics` those that are left out of all. */
	newTopics: boolean
	untranslated: UntranslatedRule | null
	rhythm: Rhythm
}

export type ModelStory = {
	id: number
	/** What it and its translation are known by. */
	group: number
	locale: string
	topics: string[]
	published: Date
	hidden: boolean
}

export type ModelReader = {
	id: number
	choices: Choices
	joined: Date
	isPaused: boolean
	address: string
	/** Whether it gave way to what its new address had. */
	hasEnded: boolean
	/** Changes of address that were not taken back, in their order. */
	moves: Array<{ token: string; from: string; at: Date }>
	/** Groups of stories that were planned for them. */
	had: Set<number>
}

export type Rules = { untranslated: UntranslatedRule; maxAgeDays: number }

/** Whether a story may be chosen now and is within a reader's choices: said plainly, for two languages. */
export function isForReader(
	story: ModelStory,
	{ choices }: ModelReader,
	{ all, now, rules }: { all: readonly ModelStory[]; now: Date; rules: Rules },
): boolean {
	const ageDays = (now.getTime() - story.published.getTime()) / 86_400_000
	if (story.hidden || ageDays > rules.maxAgeDays) return false
	const { topics, newTopics } = choices
	const isWanted = (topic: string) => topics?.includes(topic) !== newTopics
	if (topics && story.topics.length > 0 && !story.topics.some(isWanted)) return false
	if (story.locale === choices.locale) return true
	const isTranslated = all.some(({ group, locale }) => group === story.group && locale === choices.locale)
	return !isTranslated && (choices.untranslated ?? rules.untranslated) === 'include'
}

export function pick<Thing>(things: readonly Thing[], which: number): Thing | undefined {
	return things[which % things.length]
}
