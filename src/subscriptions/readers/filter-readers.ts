import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { displayAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { countFiltered } from '../tallies/count-filtered.ts'
import { readBeginning } from './find-readers.ts'
import type { ReaderFilter } from './store/filter-conditions.ts'
import { type FoundRow, type ReaderPosition, selectFiltered } from './store/filtered.ts'

type Deps = { db: Database; clock: Clock }

/** A reader of a newsletter as a list shows them. */
export type ReaderOfNewsletter = Omit<FoundRow, 'local' | 'domain'> & { address: string }

/** Which readers are wanted; `address`: as it was typed, a whole one or how it begins. */
export type ReaderWish = Omit<ReaderFilter, 'beginning'> & { address?: string | undefined }

/**
 * `next`: where the page after it begins. `complete`: false where so many had to be looked at that there may be more behind,
 * though the page isn't full. `count`: how many there are, where that is cheap to know.
 */
export type FoundReaders = {
	readers: ReaderOfNewsletter[]
	next: ReaderPosition | undefined
	complete: boolean
	count: number | undefined
}

/** The readers of a newsletter that a filter asks for, a page at a time; that staff looked is written down. Throws `invalid`. */
export async function filterReaders(
	deps: Deps,
	wish: ReaderWish,
	{ after, limit }: { after: ReaderPosition | undefined; limit: number },
	actor: Actor,
): Promise<FoundReaders> {
	const filter = readWish(wish)
	await recordAudit(deps, { actor, action: 'find', subject: 'subscribers' })
	const { rows, end } = await selectFiltered(deps.db, filter, { after, limit })
	const complete = end === undefined || rows.length === limit
	const isWhole = after === undefined && end === undefined
	const count = isWhole ? rows.length : await countFiltered(deps, filter)
	return { readers: rows.map(toReader), next: end, complete, count }
}

const exportedAtOnce = 2_000

/** All readers that a filter asks for, part by part; that they leave the house is written down before the first. Throws `invalid`. */
export async function exportReaders(
	deps: Deps,
	wish: ReaderWish,
	actor: Actor,
): Promise<AsyncIterable<ReaderOfNewsletter[]>> {
	const filter = readWish(wish)
	const detail = Object.entries(wish)
		.filter(([name, value]) => name !== 'newsletterId' && name !== 'address' && value !== undefined)
		.map(([name, value]) => `${name} ${value instanceof Date ? value.toISOString() : value}`)
	const filtered = detail.length > 0 ? { detail: detail.join(', ').slice(0, 200) } : {}
	await recordAudit(deps, { actor, action: 'export', subject: 'subscribers', ...filtered })
	return readAll(deps, filter)
}

async function* readAll({ db }: Deps, filter: ReaderFilter): AsyncGenerator<ReaderOfNewsletter[]> {
	let after: ReaderPosition | undefined
	do {
		const { rows, end } = await selectFiltered(db, filter, { after, limit: exportedAtOnce })
		yield rows.map(toReader)
		after = end
	} while (after)
}

function readWish({ address, ...filter }: ReaderWish): ReaderFilter {
	if (address === undefined || address.trim() === '') return filter
	const typed = readBeginning(address)
	// a whole address is looked for as it is kept, with its domain in ASCII
	const whole = parseEmailAddress(typed)
	return { ...filter, beginning: whole.ok ? whole.address.comparable : typed }
}

function toReader({ local, domain, ...row }: FoundRow): ReaderOfNewsletter {
	return { ...row, address: displayAddress({ local, domain }) }
}
