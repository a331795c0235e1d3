import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { displayAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import {
	findPersonByAddress,
	type PersonRow,
	type ReaderSubscription,
	selectPersons,
	selectPersonsSubscriptions,
} from './store/persons.ts'

type Deps = { db: Database; clock: Clock }

/** A person as a search shows them. */
export type FoundReader = {
	id: number
	address: string
	since: Date
	subscriptions: Array<Pick<ReaderSubscription, 'newsletter' | 'state' | 'locale'>>
}

/** In characters: a shorter beginning would list everybody, a page at a time. */
const shortestBeginning = 3

/** Persons whose address begins so, at most `limit`; that staff looked is written down. Throws `invalid`. */
export async function findReaders(
	deps: Deps,
	{ beginning, limit }: { beginning: string; limit: number },
	actor: Actor,
): Promise<FoundReader[]> {
	const wanted = readBeginning(beginning)
	await recordAudit(deps, { actor, action: 'find', subject: 'subscribers' })
	return withSubscriptions(deps.db, await selectPersons(deps.db, wanted, limit))
}

/** How an address begins, as addresses are compared. Throws `invalid` where it is too short. */
export function readBeginning(typed: string): string {
	const beginning = typed.trim().normalize('NFC').toLowerCase()
	if ([...beginning].length >= shortestBeginning) return beginning
	throw invalidField('address', 'errors.reader.beginning', { min: shortestBeginning })
}

/** The person of an address; that staff looked is written down. Throws `invalid`, and `not_found`. */
export async function getReaderByAddress(deps: Deps, address: string, actor: Actor): Promise<FoundReader> {
	const parsed = parseEmailAddress(address)
	if (!parsed.ok) throw invalidField('address', `errors.address.${parsed.problem}`)
	await recordAudit(deps, { actor, action: 'find', subject: 'subscribers' })
	const person = await findPersonByAddress(deps.db, parsed.address.comparable)
	const [found] = person ? await withSubscriptions(deps.db, [person]) : []
	if (!found) throw new AppError('not_found', 'errors.reader.no_such_address')
	return found
}

async function withSubscriptions(
	db: DatabaseOrTransaction,
	persons: readonly PersonRow[],
): Promise<FoundReader[]> {
	const all = await selectPersonsSubscriptions(
		db,
		persons.map(({ id }) => id),
	)
	return persons.map(({ id, since, local, domain }) => ({
		id,
		address: displayAddress({ local, domain }),
		since,
		subscriptions: all
			.filter(({ subscriberId }) => subscriberId === id)
			.map(({ newsletter, state, locale }) => ({ newsletter, state, locale })),
	}))
}
