import { type Draft, findNewer, forecastDigest, readStoryGroups, wishOf } from '../../../digests/index.ts'
import { actorName, schedule } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { OwnStory } from '../../../kernel/tables/digests.ts'
import type { EarlierStory } from '../../../kernel/tables/drafts.ts'
import { listTopics, type Newsletter, textIn } from '../../../newsletters/index.ts'
import { describeExcluded, type Excluded } from '../describe-excluded.ts'
import { describeStories, type StoryRow, topicNames } from '../describe-stories.ts'
import { readingMinutes } from './reading-minutes.ts'

/** What the page's fields hold, by language; of what somebody typed, only where they changed something. */
export type DraftFields = Record<'subject' | 'preheader' | 'introduction', Record<Locale, string>>

/** A story in all languages of the newsletter, as it is told in this digest. */
export type PreparedStory = {
	id: number
	topics: string[]
	publishedAt: Date
	picture: string | null
	edited: boolean
	/** Where staff wrote it for this digest alone. */
	own: OwnStory | null
	/** Where staff added it though it is not new. */
	earlier: EarlierStory | null
	versions: Array<{
		locale: Locale
		/** Null where it is not in this language. */
		told: { id: number; title: string; summary: string } | null
		/** Whether its readers are to get it in no other language either. */
		isLeftOut: boolean
	}>
}

export type PrepareView = {
	fields: DraftFields
	/** What the fields hold where nobody types. */
	kept: DraftFields
	names: Record<Locale, string>
	/** `by`: null for the schedule. */
	saved: { at: Date; by: string | null }
	history: { undo: boolean; redo: boolean }
	stories: PreparedStory[]
	leftOut: StoryRow[]
	newer: StoryRow[]
	/** Whether readers get a story that is not in their language. */
	showsUntranslated: boolean
	audience: {
		byLanguage: Array<{ locale: Locale; all: number; some: number }>
		readers: number
		excluded: Excluded
	}
	byTopic: Array<{ name: string; stories: number }>
	/** How long the longest of its languages takes to be read. */
	minutes: number
}

export async function describePrepare(
	deps: { db: Database; clock: Clock },
	{
		draft,
		newsletter,
		locale,
		typed,
	}: { draft: Draft; newsletter: Newsletter; locale: Locale; typed: DraftFields | undefined },
): Promise<PrepareView> {
	const forecast = await forecastDigest(deps, newsletter.id, { ...wishOf(draft), quick: true })
	const topics = await listTopics(deps, newsletter.id)
	const { content } = draft
	const groups = await readStoryGroups(deps.db, newsletter.id, content.storyIds, content.own)
	const out = await readStoryGroups(deps.db, newsletter.id, content.leftOut, content.own)
	const newer = draft.state === 'open' ? await findNewer(deps, draft) : []
	const locales = newsletter.texts.map((text) => text.locale)
	const stories = groups.map(({ id, topicIds, versions }) => ({
		id,
		topics: topicNames(topics, topicIds, locale),
		publishedAt: versions[0]?.publishedAt ?? new Date(0),
		picture:
			versions.find((each) => each.imageUrl && content.edits[each.id]?.picture !== false)?.imageUrl ?? null,
		edited: versions.some((version) => content.edits[version.id] !== undefined),
		own: content.own[id] ?? null,
		earlier: content.earlier[id] ?? null,
		versions: locales.map((each) => {
			const version = versions.find((one) => one.locale === each)
			const edit = version && content.edits[version.id]
			const told = version && {
				id: version.id,
				title: edit?.title ?? version.title,
				summary: edit?.summary ?? version.summary,
			}
			// a language that it is not in stands with each of its versions
			const [first] = versions
			const lacking = version || !first ? undefined : content.edits[first.id]
			const written = lacking?.written?.[each]
			return {
				locale: each,
				told: told ?? (written && first ? { id: first.id, ...written } : null),
				isLeftOut: lacking?.without?.includes(each) ?? false,
			}
		}),
	}))
	const kept = fieldsOf(draft, locales, forecast.lines)
	const rows = (list: typeof out) => describeStories(list, { locale, newsletter, topics, leftOut: [] })
	return {
		fields: {
			subject: { ...kept.subject, ...typed?.subject },
			preheader: { ...kept.preheader, ...typed?.preheader },
			introduction: { ...kept.introduction, ...typed?.introduction },
		},
		kept,
		names: Object.fromEntries(locales.map((each) => [each, textIn(newsletter, each).name])),
		saved: { at: draft.savedAt, by: draft.savedBy === actorName(schedule) ? null : draft.savedBy },
		history: { undo: draft.canUndo, redo: draft.canRedo },
		stories,
		leftOut: rows(out),
		newer: rows(newer),
		showsUntranslated: newsletter.untranslated === 'include',
		audience: sumUp(forecast, locales, draft),
		byTopic: countTopics(stories),
		minutes: Math.max(
			...locales.map((each) => {
				const told = stories.flatMap(
					({ versions }) => versions.find((one) => one.locale === each)?.told ?? [],
				)
				const texts = told.flatMap(({ title, summary }) => [title, summary])
				return readingMinutes([kept.introduction[each] ?? '', ...texts])
			}),
		),
	}
}

/** What the fields of a draft hold, with the newsletter's pattern where nobody wrote anything. */
export async function readDraftFields(
	deps: { db: Database; clock: Clock },
	{ draft, newsletter }: { draft: Draft; newsletter: Newsletter },
): Promise<DraftFields> {
	const { lines } = await forecastDigest(deps, newsletter.id, { ...wishOf(draft), quick: true })
	return fieldsOf(
		draft,
		newsletter.texts.map((text) => text.locale),
		lines,
	)
}

function fieldsOf(
	{ content }: Draft,
	locales: readonly Locale[],
	lines: Record<Locale, { subject: string; preheader: string }>,
): DraftFields {
	const each = (find: (locale: Locale) => string) =>
		Object.fromEntries(locales.map((locale) => [locale, find(locale)]))
	return {
		subject: each((locale) => content.subject[locale] ?? lines[locale]?.subject ?? ''),
		preheader: each((locale) => content.preheader[locale] ?? lines[locale]?.preheader ?? ''),
		introduction: each((locale) => content.introduction[locale] ?? ''),
	}
}

/** Who gets all of the digest's stories in a language, who some of them, and who nothing and why. */
export function sumUp(
	{ audience, variants }: Awaited<ReturnType<typeof forecastDigest>>,
	locales: readonly Locale[],
	{ corrects }: Pick<Draft, 'corrects'>,
): PrepareView['audience'] {
	const byLanguage = locales.map((locale) => {
		const whole = variants.find((variant) => variant.locale === locale)?.stories.length ?? 0
		const own = audience.variants.filter((variant) => variant.locale === locale)
		const sum = (list: typeof own) => list.reduce((total, { readers }) => total + readers, 0)
		return {
			locale,
			all: sum(own.filter(({ stories }) => stories.length >= whole)),
			some: sum(own.filter(({ stories }) => stories.length < whole)),
		}
	})
	const readers = byLanguage.reduce((total, { all, some }) => total + all + some, 0)
	return { byLanguage, readers, excluded: describeExcluded(audience.excluded, { all: corrects !== null }) }
}

function countTopics(stories: readonly PreparedStory[]): PrepareView['byTopic'] {
	const counts = new Map<string, number>()
	for (const name of stories.flatMap(({ topics }) => topics)) counts.set(name, (counts.get(name) ?? 0) + 1)
	return [...counts]
		.map(([name, count]) => ({ name, stories: count }))
		.toSorted((a, b) => b.stories - a.stories)
}
