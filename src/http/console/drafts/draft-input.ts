import { z } from 'zod'
import {
	type Draft,
	type DraftTexts,
	forecastDigest,
	getDraft,
	readStoryGroups,
	wishOf,
} from '../../../digests/index.ts'
import { invalidField } from '../../../kernel/app-error.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { StoryEdit } from '../../../kernel/tables/digests.ts'
import { lineInput, linesInput } from '../../../kernel/text-input.ts'
import { type Newsletter, patternInput } from '../../../newsletters/index.ts'
import { checkInput } from '../../server/check-input.ts'
import type { DraftFields } from './describe-prepare.ts'

type Deps = { db: Database; clock: Clock }

const introduction = z.union([z.literal(''), linesInput(5_000)])
const line = z.union([z.literal(''), patternInput])
const textFields = ['subject', 'preheader', 'introduction'] as const

/**
 * What somebody typed into the fields of a draft. A field that is as the page showed it (`shown_subject_fr`) was not touched
 * and is left out: it may be out of date by now, and saving it would take back what a colleague wrote.
 */
export function typedFields({ texts }: Newsletter, body: Record<string, string>): DraftFields {
	const plain = (text: string) => text.replace(/\r\n?/g, '\n')
	const pick = (name: string) =>
		Object.fromEntries(
			texts.flatMap(({ locale }) => {
				const { [`${name}_${locale}`]: typed, [`shown_${name}_${locale}`]: shown } = body
				if (typed === undefined || (shown !== undefined && plain(typed) === plain(shown))) return []
				return [[locale, plain(typed)]]
			}),
		)
	return { subject: pick('subject'), preheader: pick('preheader'), introduction: pick('introduction') }
}

/**
 * The texts of a draft as they are kept: what a field showed by itself, since the newsletter's pattern says so, stays the
 * pattern's. Throws `invalid`, naming fields as the page does: `subject_fr`.
 */
export async function textsInput(
	deps: Deps,
	newsletter: Newsletter,
	draftId: number,
	typed: DraftFields,
): Promise<DraftTexts> {
	const given = textFields.flatMap((field) =>
		Object.entries(typed[field]).map(([locale, text]) => ({
			field,
			locale,
			name: `${field}_${locale}`,
			text,
		})),
	)
	const shape = given.map(({ field, name }) => [name, field === 'introduction' ? introduction : line])
	const values = given.map(({ field, name, text }) => [name, field === 'introduction' ? text : oneLine(text)])
	const checked = checkInput(
		z.object(Object.fromEntries(shape) as Record<string, typeof line>),
		Object.fromEntries(values),
	)
	const draft = await getDraft(deps, draftId)
	const { subject: _, preheader: __, ...own } = wishOf(draft)
	const { lines } = await forecastDigest(deps, newsletter.id, { ...own, quick: true })
	const pick = (field: keyof DraftFields) =>
		Object.fromEntries(
			Object.keys(typed[field]).map((locale) => {
				const text = checked[`${field}_${locale}`] ?? ''
				return [locale, field !== 'introduction' && text === lines[locale]?.[field] ? '' : text]
			}),
		)
	return { subject: pick('subject'), preheader: pick('preheader'), introduction: pick('introduction') }
}

function oneLine(text = ''): string {
	return text.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}

const title = z.union([z.literal(''), lineInput(300)])
const summary = z.union([z.literal(''), linesInput(2_000)])

type Told = { newsletter: Newsletter; draft: Draft; story: number }

/**
 * What the form on one story says, by the id of each of its versions: null where all is as the site has it. Languages that it
 * is not in may be written there, a title at least. Throws `invalid` (`title_fr`).
 */
export async function editInput(
	{ db }: Deps,
	{ newsletter, draft, story }: Told,
	body: Record<string, string>,
): Promise<Map<number, StoryEdit | null>> {
	const [group] = await readStoryGroups(db, newsletter.id, [story])
	const versions = group?.versions ?? []
	if (body.back !== undefined) return new Map(versions.map(({ id }) => [id, null]))
	const known = versions.map(({ locale }) => locale)
	const missing = newsletter.texts.map(({ locale }) => locale).filter((locale) => !known.includes(locale))
	const written = Object.fromEntries(
		missing.flatMap((locale) => {
			const words = readWords(body, locale)
			if (words.title === '' && words.summary !== '')
				throw invalidField(`title_${locale}`, 'errors.draft.own_title')
			return words.title === '' ? [] : [[locale, words] as const]
		}),
	)
	return new Map(
		versions.map((version) => {
			const words = readWords(body, version.locale)
			const without = draft.content.edits[version.id]?.without?.filter((locale) => !written[locale]) ?? []
			const edit: StoryEdit = {
				...(words.title !== '' && words.title !== version.title && { title: words.title }),
				...(body[`summary_${version.locale}`] !== undefined &&
					words.summary !== version.summary.trim() && { summary: words.summary }),
				...(body.picture === 'off' && version.imageUrl && { picture: false }),
				...(Object.keys(written).length > 0 && { written }),
				...(without.length > 0 && { without }),
			}
			return [version.id, edit]
		}),
	)
}

function readWords(body: Record<string, string>, locale: Locale): { title: string; summary: string } {
	const names = { title: `title_${locale}`, summary: `summary_${locale}` }
	const shape = z.object({ [names.title]: title, [names.summary]: summary })
	const typed = { [names.title]: oneLine(body[names.title]), [names.summary]: body[names.summary] ?? '' }
	const checked = checkInput(shape, typed) as Record<string, string>
	return { title: checked[names.title] ?? '', summary: checked[names.summary] ?? '' }
}

/** The edits of a story with a language that it is not in left out, or shown as the rule has it. */
export async function languageEdits(
	{ db }: Deps,
	{ newsletter, draft, story }: Told,
	{ locale, isLeftOut }: { locale: Locale; isLeftOut: boolean },
): Promise<Map<number, StoryEdit>> {
	const [group] = await readStoryGroups(db, newsletter.id, [story])
	const versions = group?.versions.some((version) => version.locale === locale) ? [] : (group?.versions ?? [])
	return new Map(
		versions.map(({ id }) => {
			const { without = [], ...edit } = draft.content.edits[id] ?? {}
			const left = without.filter((each) => each !== locale)
			const all = isLeftOut ? [...left, locale] : left
			return [id, { ...edit, ...(all.length > 0 && { without: all }) }]
		}),
	)
}
