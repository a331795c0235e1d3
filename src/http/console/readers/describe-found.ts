import type { Clock } from '../../../kernel/clock.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { type FoundReaders, isThrowAway } from '../../../subscriptions/index.ts'
import { nameOfLanguage } from '../../visitors/describe-newsletter.ts'
import { topicNames } from '../describe-stories.ts'
import { describeStanding, type Standing } from './describe-standing.ts'
import { type FilterChoices, readersCursor, type TypedFilters } from './filter-input.ts'

export type ReaderRow = {
	id: number
	address: string
	isThrowAway: boolean
	language: string
	standing: Standing
	since: Date
	/** Null where the newsletter has no topics. */
	topics: { rule: 'all' | 'all_but' | 'only' | 'none'; names: string[] } | null
	isRoundUp: boolean
	/** How they came: a word of `console.readers.origin`, or the site of a form. */
	source: string
	host: string | null
}

/** What a page of readers shows. `next`: of the page after it; null where it is the last, or addresses have to be narrowed down. */
export type FoundRows = {
	rows: ReaderRow[]
	next: string | null
	more: boolean
	/** False where there may be more behind what was looked at. */
	complete: boolean
	count: number | null
}

export function describeFound(
	{ clock }: { clock: Clock },
	{ readers, next, complete, count }: FoundReaders,
	{ choices, typed, locale }: { choices: FilterChoices; typed: TypedFilters; locale: Locale },
): FoundRows {
	const now = clock.now()
	const byAddress = (typed.address ?? '').trim() !== ''
	return {
		rows: readers.map((reader) => ({
			id: reader.id,
			address: reader.address,
			isThrowAway: isThrowAway(reader.address),
			language: nameOfLanguage(reader.locale),
			standing: describeStanding(reader, now),
			since: reader.since,
			topics: describeTopics(reader, choices, locale),
			isRoundUp: choices.roundUp && reader.rhythm === 'round_up',
			source: reader.sourceHost === 'other' ? 'others' : reader.source,
			host: reader.sourceHost === 'other' ? null : reader.sourceHost,
		})),
		next: next && !byAddress ? readersCursor.write(next) : null,
		more: next !== undefined,
		complete,
		count: count ?? null,
	}
}

function describeTopics(
	{ allTopics, topicIds }: FoundReaders['readers'][number],
	{ topics }: FilterChoices,
	locale: Locale,
): ReaderRow['topics'] {
	if (topics.length === 0) return null
	const names = topicNames(topics, topicIds, locale)
	if (allTopics) return { rule: names.length > 0 ? 'all_but' : 'all', names }
	return { rule: names.length > 0 ? 'only' : 'none', names }
}
