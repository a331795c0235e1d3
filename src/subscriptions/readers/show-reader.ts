import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import { findSuppression, type Suppression } from '../../suppressions/index.ts'
import { type ReaderEvent, selectHistory } from './store/history.ts'
import {
	findPersonById,
	type PersonRow,
	type ReaderSubscription,
	selectPersonsSubscriptions,
} from './store/persons.ts'

/** Everything that is kept of a person. */
export type Reader = {
	id: number
	address: string
	/** What they wish to be called. */
	givenName: string | null
	since: Date
	/** What stands against mailing the address. */
	suppression: Suppression | null
	subscriptions: ReaderSubscription[]
	/** In the order of time. */
	history: ReaderEvent[]
}

/**
 * All of a person, as staff sees it or hands it over (`export`: GDPR art. 15 and 20); that it was read is written down.
 * Throws `not_found`.
 */
export async function showReader(
	deps: { db: Database; clock: Clock },
	{ id, action }: { id: number; action: 'show' | 'export' },
	actor: Actor,
): Promise<Reader> {
	await getPerson(deps.db, id)
	await recordAudit(deps, { actor, action, subject: `subscriber:${id}` })
	return readPerson(deps.db, id)
}

/** All that is kept of a person. Throws `not_found`. */
export async function readPerson(db: DatabaseOrTransaction, id: number): Promise<Reader> {
	const { local, domain, givenName, since, addressHash } = await getPerson(db, id)
	const subscriptions = await selectPersonsSubscriptions(db, [id])
	const subscriptionIds = subscriptions.map((each) => each.id)
	return {
		id,
		address: displayAddress({ local, domain }),
		givenName,
		since,
		suppression: (await findSuppression(db, addressHash)) ?? null,
		subscriptions: subscriptions.map(({ subscriberId: _, ...subscription }) => subscription),
		history: await selectHistory(db, { addressHash, subscriptionIds }),
	}
}

/**
 * Whose address it is that has a subscription of a newsletter, and which newsletters the person has or had. Throws
 * `not_found` where the person has none of it.
 */
export async function getReaderOf(
	{ db }: { db: DatabaseOrTransaction },
	{ id, newsletter }: { id: number; newsletter: string },
): Promise<{ address: string; newsletters: string[] }> {
	const person = await findPersonById(db, id)
	if (!person) throw new AppError('not_found', 'errors.reader.gone')
	const newsletters = (await selectPersonsSubscriptions(db, [id])).map((each) => each.newsletter)
	if (newsletters.includes(newsletter)) return { address: displayAddress(person), newsletters }
	throw new AppError('not_found', 'errors.reader.gone')
}

/** Throws `not_found`. */
export async function getPerson(db: DatabaseOrTransaction, id: number): Promise<PersonRow> {
	const person = await findPersonById(db, id)
	if (!person) throw new AppError('not_found', 'errors.reader.not_found', { params: { id } })
	return person
}
