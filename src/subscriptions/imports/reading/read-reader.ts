import type { FileRow } from '../../../kernel/csv/parse-cells.ts'
import { withoutName } from '../../../kernel/csv/without-name.ts'
import { parseEmailAddress } from '../../../kernel/email-address.ts'
import { type Rhythm, type UntranslatedRule, untranslatedRules } from '../../../kernel/enumerations.ts'
import { foldText } from '../../../kernel/fold-text.ts'
import type { Locale } from '../../../kernel/messages.ts'
import { parseGivenName } from '../../parse-given-name.ts'
import { suggestDomain } from '../../suggest-domain.ts'
import type { ColumnMeaning, FileShape } from './file-shape.ts'
import { foldHeading } from './fold-heading.ts'
import type {
	ChosenTopics,
	ImportedReader,
	ImportedState,
	ReadReader,
	RowProblem,
	RowRemark,
} from './imported-reader.ts'
import { onlyOrderOf } from './judge-date-order.ts'
import { readDate } from './read-date.ts'
import { languageOf } from './read-language.ts'
import { readState, readYes } from './read-state.ts'
import { remember } from './remember.ts'

/** What a file is read for: the newsletter's languages, and its topics with all that they are called. */
export type ReadFor = {
	locales: readonly Locale[]
	topics: ReadonlyArray<{ slug: string; names: readonly string[] }>
}

/** Gives what makes readers of the rows of a file. What of a row can't be heeded beside its address is remarked and left out. */
export function createReadReader(
	shape: FileShape,
	{ locales, topics }: ReadFor,
): (row: FileRow) => ReadReader {
	const at = new Map<ColumnMeaning, number>()
	for (const [index, meaning] of shape.columns.entries()) if (!at.has(meaning)) at.set(meaning, index)
	const slugByName = new Map(
		topics.flatMap(({ slug, names }) => [slug, ...names].map((name) => [foldText(name), slug])),
	)
	const read = {
		isSlip: remember((domain) => suggestDomain(domain) !== undefined),
		date: remember(
			(cell) => readDate(cell, shape.dateOrder) ?? (onlyOrderOf(cell) ? 'other_order' : undefined),
		),
		locale: remember((cell) => findLocale(cell, locales)),
		name: remember((cell) => parseGivenName(cell.replaceAll('\ufffd', '<'))),
		state: remember(readState),
		yes: remember(readYes),
	}
	return (row) => {
		const cell = (meaning: ColumnMeaning) => row.cells[at.get(meaning) ?? -1] ?? ''
		if (row.problem) return refuse(row.problem)
		const typed = cell('address')
		const state = stateOf(cell, shape.stateOfAll, read)
		if (typeof state === 'object') return refuse(state.problem, typed)
		const remarks = new Set<RowRemark>()
		let problem: RowProblem | undefined
		const date = (meaning: ColumnMeaning) => {
			const found = dateOf(cell(meaning), read, remarks)
			if (found !== 'other_order') return found
			problem = 'date_order'
			return null
		}
		const told: Omit<ImportedReader, 'address' | 'remarks'> = {
			givenName: nameOf(cell('given_name'), read, remarks),
			locale: localeOf(cell('language'), read, remarks),
			topics: topicsOf(cell('topics'), cell('topics_left_out'), slugByName, remarks),
			rhythm: rhythmOf(cell('rhythm'), remarks),
			untranslated: untranslatedOf(cell('untranslated')),
			state,
			joinedAt: date('joined_at'),
			confirmedAt: date('confirmed_at'),
			leftAt: date('left_at'),
			pausedUntil: date('paused_until'),
			consentUntil: date('consent_until'),
		}
		if (problem) return refuse(problem, typed)
		const parsed = parseEmailAddress(withoutName(typed))
		const rest = () => ({ ...told, remarks: [...remarks] })
		if (typed.includes('\ufffd')) return { ...refuse('encoding', typed), rest: rest() }
		if (!parsed.ok) {
			return {
				ok: false,
				problem: `errors.address.${parsed.problem}`,
				address: storable(typed),
				rest: rest(),
			}
		}
		if (read.isSlip(parsed.address.domain)) remarks.add('domain_slip')
		return { ok: true, reader: { address: parsed.address, ...rest() } }
	}
}

/** What is read of single cells. */
type Reading = {
	isSlip(domain: string): boolean
	date(cell: string): Date | 'other_order' | undefined
	locale(cell: string): Locale | undefined
	name(cell: string): ReturnType<typeof parseGivenName>
	state(cell: string): ReturnType<typeof readState>
	yes(cell: string): ReturnType<typeof readYes>
}

function refuse(problem: RowProblem, typed = ''): Extract<ReadReader, { ok: false }> {
	return { ok: false, problem: `errors.import.row.${problem}`, address: storable(typed) }
}

/** A database stores neither NUL nor half a surrogate pair. */
function storable(text: string): string {
	return text.slice(0, 320).replaceAll('\0', '\ufffd').toWellFormed()
}

/**
 * Of several columns that say it, the one that says less of a reader counts. A day of leaving says it where no other column
 * speaks of this row: a state is of today, and who came back may keep the day on which they once left.
 */
function stateOf(
	cell: (meaning: ColumnMeaning) => string,
	stateOfAll: ImportedState,
	read: Reading,
): ImportedState | { problem: RowProblem } {
	const named = cell('state') === '' ? 'active' : read.state(cell('state'))
	if (!named) return { problem: 'state_unknown' }
	const isSubscribed = cell('is_subscribed') === '' ? true : read.yes(cell('is_subscribed'))
	const isUnsubscribed = read.yes(cell('is_unsubscribed'))
	if (isSubscribed === undefined || isUnsubscribed === undefined) return { problem: 'state_unknown' }
	const all: Array<ImportedState | 'unconfirmed'> = [named, stateOfAll]
	const saysNothing = (['state', 'is_subscribed', 'is_unsubscribed'] as const).every(
		(meaning) => cell(meaning) === '',
	)
	if (!isSubscribed || isUnsubscribed || (saysNothing && !isNothing(cell('left_at'))))
		all.push('unsubscribed')
	const worst = (['complained', 'bounced', 'unsubscribed', 'unconfirmed'] as const).find((state) =>
		all.includes(state),
	)
	if (worst === 'unconfirmed') return { problem: 'unconfirmed' }
	return worst ?? 'active'
}

/** Whether a cell only says that there is no day: programs write NULL or a day of zeros. */
function isNothing(cell: string): boolean {
	return /^(|-|0|null|\\n|none|n\/?a|no|non|false|faux|never|jamais|0000-00-00.*)$/i.test(cell)
}

function nameOf(cell: string, read: Reading, remarks: Set<RowRemark>): string | null {
	const parsed = read.name(cell)
	if (parsed.ok) return parsed.name
	remarks.add('name_unusable')
	return null
}

function localeOf(cell: string, read: Reading, remarks: Set<RowRemark>): Locale | null {
	if (cell === '') return null
	const found = read.locale(cell)
	if (!found) remarks.add('language_unknown')
	return found ?? null
}

/** `fr-CA` of a file is `fr` of a newsletter that has no other French, and the other way round. */
function findLocale(cell: string, locales: readonly Locale[]): Locale | undefined {
	const tag = cell.replaceAll('_', '-').toLowerCase()
	const language = languageOf(cell) ?? tag
	return (
		locales.find((locale) => locale.toLowerCase() === tag) ??
		locales.find((locale) => locale.toLowerCase() === language) ??
		locales.find((locale) => locale.toLowerCase().split('-')[0] === language)
	)
}

/** Those wanted, or all but those not wanted; null where the row says nothing, or only what means nothing here. */
function topicsOf(
	wanted: string,
	unwanted: string,
	slugByName: ReadonlyMap<string, string>,
	remarks: Set<RowRemark>,
): ChosenTopics | null {
	if (wanted === '' && unwanted === '') return null
	const word = slugByName.has(foldText(wanted)) ? '' : foldHeading(wanted)
	if (noneOfThem.includes(word)) return { all: false, slugs: [] }
	if (wanted === '' || allOfThem.includes(word)) {
		const slugs = slugsOf(unwanted, slugByName, remarks)
		return slugs.length > 0 ? { all: true, slugs } : null
	}
	const slugs = slugsOf(wanted, slugByName, remarks)
	return slugs.length > 0 ? { all: false, slugs } : null
}

const allOfThem = ['all', 'all topics', 'tous', 'toutes', 'tous les themes']
const noneOfThem = ['none', 'no topics', 'aucun', 'aucune']

function slugsOf(cell: string, slugByName: ReadonlyMap<string, string>, remarks: Set<RowRemark>): string[] {
	const whole = slugByName.get(foldText(cell))
	if (whole) return [whole]
	const named = cell.split(/[;,|\n]/).flatMap((name) => foldText(name) || [])
	const slugs = named.flatMap((name) => slugByName.get(name) ?? [])
	if (slugs.length < named.length) remarks.add('topic_unknown')
	return [...new Set(slugs)]
}

const roundUp = [
	'round up',
	'roundup',
	'monthly',
	'digest',
	'mensuel',
	'mensuelle',
	'recapitulatif',
	'synthese',
]
const each = [
	'each',
	'each digest',
	'every',
	'all',
	'weekly',
	'daily',
	'chaque',
	'tous',
	'hebdomadaire',
	'quotidien',
]

function rhythmOf(cell: string, remarks: Set<RowRemark>): Rhythm | null {
	const word = cell === '' ? '' : foldHeading(cell)
	if (word === '') return null
	if (roundUp.includes(word)) return 'round_up'
	if (each.includes(word)) return 'each'
	remarks.add('rhythm_unknown')
	return null
}

function untranslatedOf(cell: string): UntranslatedRule | null {
	const word = cell === '' ? '' : foldHeading(cell)
	return untranslatedRules.find((rule) => rule === word) ?? null
}

function dateOf(cell: string, read: Reading, remarks: Set<RowRemark>): Date | 'other_order' | null {
	if (isNothing(cell)) return null
	const date = read.date(cell)
	if (!date) remarks.add('date_unreadable')
	return date ?? null
}
