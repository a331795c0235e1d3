import { z } from 'zod'
import { type DraftTexts, forecastDigest, getDraft, readStoryGroups, wishOf } from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
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

/**
 * What the form on one story says, by the id of each of its versions: null where all is as the site has it. Throws
 * `invalid` (`title_fr`).
 */
export async function editInput(
	{ db }: Deps,
	newsletter: Newsletter,
	{ story, body }: { story: number; body: Record<string, string> },
): Promise<Map<number, StoryEdit | null>> {
	const [group] = await readStoryGroups(db, newsletter.id, [story])
	const edits = new Map<number, StoryEdit | null>()
	for (const version of group?.versions ?? []) {
		if (body.back !== undefined) {
			edits.set(version.id, null)
			continue
		}
		const names = { title: `title_${version.locale}`, summary: `summary_${version.locale}` }
		const shape = z.object({ [names.title]: title, [names.summary]: summary })
		const typed = { [names.title]: oneLine(body[names.title]), [names.summary]: body[names.summary] ?? '' }
		const checked = checkInput(shape, typed) as Record<string, string>
		const edit: StoryEdit = {}
		const [newTitle = '', newSummary = ''] = [checked[names.title], checked[names.summary]]
		if (newTitle !== '' && newTitle !== version.title) edit.title = newTitle
		if (newSummary !== version.summary.trim() && body[names.summary] !== undefined) edit.summary = newSummary
		if (body.picture === 'off' && version.imageUrl) edit.picture = false
		edits.set(version.id, Object.keys(edit).length > 0 ? edit : null)
	}
	return edits
}
