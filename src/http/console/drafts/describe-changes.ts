import { diffWords } from 'diff'
import type { StoryGroup } from '../../../digests/index.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { DraftContent } from '../../../kernel/tables/drafts.ts'

/** A piece of a text as it was and is. */
export type ChangedPart = { text: string; kind: 'same' | 'added' | 'removed' }

/** What was changed in a draft: which text, in which language, of which story. */
export type DraftChange = {
	what:
		| 'subject'
		| 'preheader'
		| 'introduction'
		| 'title'
		| 'summary'
		| 'link'
		| 'alt'
		| 'picture'
		/** Readers of a language that it is not in get it, or don't. */
		| 'shown_in'
		| 'stories'
		| 'order'
		| 'readers'
	locale: Locale | null
	story: string | null
	parts: ChangedPart[]
}

type Side = { content: DraftContent; groups: readonly StoryGroup[] }

/** What is said otherwise in a draft than before, text by text; `groups`: the stories of both. */
export function describeChanges(
	before: DraftContent,
	now: DraftContent,
	{ groups, locales, locale }: { groups: readonly StoryGroup[]; locales: readonly Locale[]; locale: Locale },
): DraftChange[] {
	const [from, to] = [before, now].map((content): Side => ({ content, groups })) as [Side, Side]
	const changes: DraftChange[] = []
	for (const what of ['subject', 'preheader', 'introduction'] as const) {
		for (const each of locales) {
			const parts = partsOf(before[what][each] ?? '', now[what][each] ?? '')
			if (parts) changes.push({ what, locale: each, story: null, parts })
		}
	}
	const nameOf = (id: number) => told(to, id, locale).title || told(from, id, locale).title || `${id}`
	const stays = now.storyIds.filter((id) => before.storyIds.includes(id))
	const lists = partsOfLists(before.storyIds, now.storyIds, nameOf)
	if (lists.length > 0) changes.push({ what: 'stories', locale: null, story: null, parts: lists })
	const stayed = before.storyIds.filter((id) => now.storyIds.includes(id))
	if (stays.join() !== stayed.join()) {
		const parts = stays.map(
			(id, index): ChangedPart => ({ text: `${index + 1}. ${nameOf(id)}  `, kind: 'same' }),
		)
		changes.push({ what: 'order', locale: null, story: null, parts })
	}
	for (const id of stays) {
		for (const each of locales) {
			const [was, is] = [told(from, id, each), told(to, id, each)]
			for (const what of ['title', 'summary', 'link', 'alt'] as const) {
				const parts = partsOf(was[what], is[what])
				if (parts) changes.push({ what, locale: each, story: nameOf(id), parts })
			}
			const [wasOut, isOut] = [isLeftOut(from, id, each), isLeftOut(to, id, each)]
			if (wasOut !== isOut) {
				const part = { text: nameOf(id), kind: isOut ? ('removed' as const) : ('added' as const) }
				changes.push({ what: 'shown_in', locale: each, story: nameOf(id), parts: [part] })
			}
		}
		const [was, is] = [pictureOf(from, id), pictureOf(to, id)]
		if (was !== is) {
			changes.push({ what: 'picture', locale: null, story: nameOf(id), parts: changedWhole(was, is) })
		}
	}
	return changes
}

/** How a number is shown that was another. */
export function changedNumber(before: string, now: string): ChangedPart[] {
	return changedWhole(before, now)
}

/** What is not compared word by word; empty where there was, or is, nothing. */
function changedWhole(before: string, now: string): ChangedPart[] {
	const parts: ChangedPart[] = [
		{ text: before, kind: 'removed' },
		{ text: now, kind: 'added' },
	]
	return parts.filter(({ text }) => text !== '')
}

function partsOf(before: string, now: string): ChangedPart[] | undefined {
	if (before === now) return undefined
	return diffWords(before, now).map(({ value, added, removed }) => ({
		text: value,
		kind: added ? 'added' : removed ? 'removed' : 'same',
	}))
}

function partsOfLists(
	before: readonly number[],
	now: readonly number[],
	nameOf: (id: number) => string,
): ChangedPart[] {
	const part = (kind: 'added' | 'removed') => (id: number) => ({ text: nameOf(id), kind })
	return [
		...before.filter((id) => !now.includes(id)).map(part('removed')),
		...now.filter((id) => !before.includes(id)).map(part('added')),
	]
}

type Told = Record<'title' | 'summary' | 'link' | 'alt', string>

/** A story as a version of the draft tells it in a language; empty where it does not. */
function told({ content, groups }: Side, id: number, locale: Locale): Told {
	const own = content.own[id]
	if (own) {
		const { title = '', summary = '', link, pictureAlt } = own.versions[locale] ?? {}
		return { title, summary, link: link ?? '', alt: pictureAlt ?? '' }
	}
	const versions = groups.find((group) => group.id === id)?.versions ?? []
	const version = versions.find((each) => each.locale === locale)
	const edit = content.edits[(version ?? versions[0])?.id ?? 0]
	const words = version ? { ...version, ...edit } : edit?.written?.[locale]
	return { title: words?.title ?? '', summary: words?.summary ?? '', link: '', alt: '' }
}

function isLeftOut({ content, groups }: Side, id: number, locale: Locale): boolean {
	const versions = groups.find((group) => group.id === id)?.versions ?? []
	return versions.some((version) => content.edits[version.id]?.without?.includes(locale))
}

/** The address of a story's picture, in whichever language it has one; empty where none is shown. */
function pictureOf({ content, groups }: Side, id: number): string {
	const own = content.own[id]
	if (own) return own.picture ?? ''
	const versions = groups.find((group) => group.id === id)?.versions ?? []
	const shown = versions.filter((each) => content.edits[each.id]?.picture !== false)
	return shown.find(({ imageUrl }) => imageUrl)?.imageUrl ?? ''
}
