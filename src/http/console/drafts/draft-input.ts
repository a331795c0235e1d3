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
	const locales = newsletter.texts.map(({ locale }) => locale)
	const shape = Object.fromEntries(
		locales.flatMap((locale) => [
			[`subject_${locale}`, line],
			[`preheader_${locale}`, line],
			[`introduction_${locale}`, introduction],
		]),
	)
	const given = Object.fromEntries(
		locales.flatMap((locale) => [
			[`subject_${locale}`, oneLine(typed.subject[locale])],
			[`preheader_${locale}`, oneLine(typed.preheader[locale])],
			[`introduction_${locale}`, typed.introduction[locale] ?? ''],
		]),
	)
	const checked = checkInput(z.object(shape), given) as Record<string, string>
	const draft = await getDraft(deps, draftId)
	const { subject: _, preheader: __, ...own } = wishOf(draft)
	const { lines } = await forecastDigest(deps, newsletter.id, { ...own, quick: true })
	const pick = (field: 'subject' | 'preheader' | 'introduction') =>
		Object.fromEntries(
			locales.map((locale) => {
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
