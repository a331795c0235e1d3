import type { Installation } from '../../installation/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { getNewsletter, type Newsletter } from '../../newsletters/index.ts'
import { groupOf } from '../choosing/choose-for-profile.ts'
import type { Rendition } from '../digest.ts'
import { listDigests } from '../list-digests.ts'
import { type Forecast, forecastDigest, previewDigest } from '../preview-digest.ts'
import { type DigestProgress, digestProgress } from '../progress/digest-progress.ts'
import { maxHtmlBytes, type RenderDeps } from '../render-digest.ts'
import { findFirstVersion } from './store/corrections.ts'
import type { Draft } from './store.ts'
import { wishOf } from './wish-of.ts'

/** `stops`: it can't be sent so; `asks`: somebody says that it is meant so; else `passed`. */
export type CheckLevel = 'stops' | 'asks' | 'passed'

/** What was looked at, by a name that has its words in the string catalogs, and what was found. */
export type Check = {
	name: string
	level: CheckLevel
	params: Record<string, string | number>
	/** What an answer is kept under: of another finding it is another. */
	about: string
	/** Who said “send it anyway”, and when. */
	answer: { by: string; at: string } | undefined
}

export type DraftCheck = {
	checks: Check[]
	forecast: Forecast
	renditions: Rendition[]
	readers: number
	/** The last digest of the kind that went out. */
	last: DigestProgress | undefined
}

export type CheckDeps = RenderDeps & {
	db: Database
	clock: Clock
	/** Where no relay is set. */
	captured: object | undefined
	installation: Pick<Installation, 'readHold'>
	signDkim: object | undefined
	config: { publicUrl: string }
}

type Found = Omit<Check, 'about' | 'answer'>

/**
 * Looks at a draft as it would be sent now: what stops it, what somebody has to answer for, and what is well. No network is
 * asked but for the sizes of new pictures.
 */
export async function checkDraft(deps: CheckDeps, draft: Draft): Promise<DraftCheck> {
	const wish = wishOf(draft)
	const newsletter = await getNewsletter(deps, { id: draft.newsletterId })
	const forecast = await forecastDigest(deps, draft.newsletterId, wish)
	const renditions = await previewDigest(deps, draft.newsletterId, wish)
	const readers = forecast.audience.variants.reduce((sum, variant) => sum + variant.readers, 0)
	const last = await findLast(deps, draft)
	const found: Found[] = [
		...checkSender(forecast),
		checkReaders(readers),
		...(draft.isLetter ? checkLetter(newsletter, forecast, draft) : [checkStories(forecast)]),
		...(await checkCorrection(deps, draft)),
		...checkLanguages(newsletter, forecast, draft),
		...checkWords(draft, renditions),
		...checkSize(renditions),
		checkPictures(forecast),
		...(last ? [checkAudience(readers, last), checkReturns(last)] : []),
		...(await checkRelay(deps)),
	]
	const checks = found.map((each) => {
		const about = `${each.name} ${Object.values(each.params).join(' ')}`.trim()
		return { ...each, about, answer: draft.content.answers[about] }
	})
	return { checks, forecast, renditions, readers, last }
}

/** Whether nothing stops a draft, and all that was asked is answered. */
export function maySend(checks: readonly Check[]): boolean {
	return checks.every(({ level, answer }) => level !== 'stops' && (level !== 'asks' || answer !== undefined))
}

function passed(name: string, params: Found['params'] = {}): Found {
	return { name, level: 'passed', params }
}

async function findLast(deps: CheckDeps, draft: Draft): Promise<DigestProgress | undefined> {
	if (draft.corrects !== null) return undefined
	const digests = await listDigests(deps, draft.newsletterId, { limit: 10 })
	const last = digests.find(
		({ kind, isLetter, corrects, state }) =>
			kind === draft.kind && isLetter === draft.isLetter && corrects === null && state === 'completed',
	)
	return last && digestProgress(deps, last.id)
}

function checkSender({ missing }: Forecast): Found[] {
	if (missing.length === 0) return [passed('sender')]
	return missing.map((detail) => ({ name: `missing_${detail}`, level: 'stops', params: {} }))
}

function checkReaders(readers: number): Found {
	return readers > 0 ? passed('readers') : { name: 'no_readers', level: 'stops', params: {} }
}

function checkStories({ variants }: Forecast): Found {
	return variants.length > 0 ? passed('stories') : { name: 'no_stories', level: 'stops', params: {} }
}

/** A correction says more than what it began with. */
async function checkCorrection({ db }: CheckDeps, { id, corrects, content }: Draft): Promise<Found[]> {
	if (corrects === null) return []
	const began = (await findFirstVersion(db, id))?.introduction ?? {}
	const unwritten = Object.keys(content.introduction).filter(
		(locale) => content.introduction[locale]?.trim() === began[locale]?.trim(),
	)
	if (unwritten.length === 0) return [passed('correction')]
	return unwritten.map((locale) => ({ name: 'correction_unwritten', level: 'stops', params: { locale } }))
}

/** A letter says something, to readers of each language, under a subject of its own. */
function checkLetter({ texts }: Newsletter, { variants }: Forecast, { content }: Draft): Found[] {
	if (variants.length === 0) return [{ name: 'letter_empty', level: 'stops', params: {} }]
	const found: Found[] = texts.flatMap(({ locale }): Found[] => {
		const isWritten = variants.some((variant) => variant.locale === locale)
		if (!isWritten) return [{ name: 'letter_missing', level: 'asks', params: { locale } }]
		if (!content.subject[locale]) return [{ name: 'letter_subject', level: 'asks', params: { locale } }]
		return []
	})
	return found.length > 0 ? found : [passed('letter')]
}

/** Stories that are not in a language, and texts that staff wrote in one language only. */
function checkLanguages(newsletter: Newsletter, { variants, audience }: Forecast, draft: Draft): Found[] {
	const locales = newsletter.texts.map(({ locale }) => locale)
	if (locales.length < 2) return []
	const found: Found[] = []
	for (const locale of locales) {
		const own = variants.find((variant) => variant.locale === locale)
		const readers = audience.variants.reduce(
			(sum, each) => sum + (each.locale === locale ? each.readers : 0),
			0,
		)
		const foreign = own?.stories.filter((story) => story.locale !== locale) ?? []
		const groups = new Set(own?.stories.map(groupOf))
		// what staff leaves out in a language is no oversight
		const lacking = variants
			.flatMap(({ stories }) => stories)
			.filter((story) => !groups.has(groupOf(story)))
			.filter(({ id }) => !draft.content.edits[id]?.without?.includes(locale))
		if (foreign.length > 0) {
			const params = { locale, count: foreign.length, title: foreign[0]?.title ?? '', readers }
			found.push({ name: 'untranslated_shown', level: 'asks', params })
		}
		const lackingGroups = new Set(lacking.map(groupOf))
		if (lackingGroups.size > 0 && readers > 0) {
			const params = { locale, count: lackingGroups.size, title: lacking[0]?.title ?? '', readers }
			found.push({ name: 'untranslated_missing', level: 'asks', params })
		}
		for (const field of ['subject', 'introduction'] as const) {
			const written = locales.filter((each) => draft.content[field][each])
			// of a letter that is told already
			const isTold = draft.isLetter && (field === 'subject' || !own)
			if (written.length > 0 && !written.includes(locale) && !isTold) {
				found.push({ name: `${field}_missing`, level: 'asks', params: { locale } })
			}
		}
	}
	return found.length > 0 ? found : [passed('languages', { count: locales.length })]
}

const longSubject = 60
const emptyWords =
	/^(?:(?:click|tap|press)? ?here|read more|more|link|this link|cliquez ici|ici|lire la suite|en savoir plus|ce lien|lien)$/i

function checkWords(draft: Draft, renditions: readonly Rendition[]): Found[] {
	const found: Found[] = []
	for (const { locale, subject } of renditions) {
		const length = [...subject].length
		if (length > longSubject) found.push({ name: 'subject_long', level: 'asks', params: { locale, length } })
		if (subject.length > 8 && subject === subject.toUpperCase() && subject !== subject.toLowerCase())
			found.push({ name: 'subject_shouts', level: 'asks', params: { locale } })
	}
	if (found.length === 0) found.push(passed('subject'))
	const links = Object.entries(draft.content.introduction).flatMap(([locale, text]) =>
		[...text.matchAll(/\[([^\]]+)\]\(/g)].map(([, words = '']) => ({ locale, words: words.trim() })),
	)
	const empty = links.filter(({ words }) => emptyWords.test(words.replace(/[.!…]+$/, '')))
	found.push(...empty.map((params): Found => ({ name: 'link_words', level: 'asks', params })))
	if (links.length > 0 && empty.length === 0) found.push(passed('link_words_fine', { count: links.length }))
	return found
}

function checkSize(renditions: readonly Rendition[]): Found[] {
	const kilobytes = (bytes: number) => Math.ceil(bytes / 1_024)
	const dropped = renditions.filter(({ droppedStories }) => droppedStories > 0)
	if (dropped.length > 0) {
		return dropped.map(({ locale, droppedStories: count }) => ({
			name: 'too_long',
			level: 'asks' as const,
			params: { locale, count },
		}))
	}
	const largest = Math.max(0, ...renditions.map(({ html }) => Buffer.byteLength(html)))
	return [passed('size', { size: kilobytes(largest), max: kilobytes(maxHtmlBytes) })]
}

function checkPictures({ variants }: Forecast): Found {
	const pictures = variants.flatMap(({ stories }) => stories).filter(({ imageUrl }) => imageUrl)
	const bare = pictures.filter(({ imageAlt }) => !imageAlt?.trim())
	if (bare.length === 0) return passed('pictures', { count: pictures.length })
	return { name: 'pictures_bare', level: 'asks', params: { count: bare.length, title: bare[0]?.title ?? '' } }
}

/** More than a fifth of readers more or less than last time is asked about. */
function checkAudience(readers: number, { planned }: DigestProgress): Found {
	const params = { readers, last: planned, more: readers - planned }
	if (planned === 0 || Math.abs(readers - planned) <= planned / 5) return passed('audience', params)
	return { name: readers > planned ? 'audience_grew' : 'audience_shrank', level: 'asks', params }
}

/** Providers begin to frown at one in twenty that comes back, and at three complaints in a thousand. */
function checkReturns({ planned, refused, bounced, complained }: DigestProgress): Found {
	const returned = refused + bounced
	if (planned >= 20 && returned > planned / 20)
		return { name: 'returns', level: 'asks', params: { returned, planned } }
	if (planned >= 20 && complained > (planned * 3) / 1_000)
		return { name: 'complaints', level: 'asks', params: { complained, planned } }
	return passed('returns_fine', { returned, planned })
}

async function checkRelay({ captured, signDkim, installation, config }: CheckDeps): Promise<Found[]> {
	const found: Found[] = []
	if (await installation.readHold()) found.push({ name: 'held', level: 'stops', params: {} })
	if (captured) return [...found, { name: 'captured', level: 'asks', params: {} }]
	if (!config.publicUrl.startsWith('https:')) found.push({ name: 'not_https', level: 'asks', params: {} })
	found.push(signDkim ? passed('signed') : { name: 'unsigned', level: 'asks', params: {} })
	return found
}
