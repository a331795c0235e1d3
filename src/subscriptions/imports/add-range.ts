import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { hashAddress } from '../../kernel/keys.ts'
import { Overtaken } from '../../kernel/repeat-transaction.ts'
import { getNewsletter } from '../../newsletters/index.ts'
import { suppressAll } from '../../suppressions/index.ts'
import { mailboxOf } from '../mailbox-of.ts'
import type { ImportDeps, ImportRecord } from './import.ts'
import {
	type Adding,
	insertAsks,
	insertPersons,
	insertSubscriptions,
	lockRowAddresses,
	type RowRange,
	selectToAsk,
	selectToSuppress,
} from './store/adding.ts'
import { overwriteChoices, overwriteNames } from './store/overwriting.ts'

type Deps = Pick<ImportDeps, 'clock' | 'keys'>

/**
 * Adds a range of rows as things stand now; what was added before stays as it is. `lane`: ranges of different lanes may be
 * added at the same time. Order of locks: the import, addresses, persons, subscriptions, notices, suppressions. Gives the
 * notices that are due.
 */
export async function addRange(
	{ clock, keys }: Deps,
	tx: DatabaseOrTransaction,
	{ newsletterId, basis, overwrite }: ImportRecord,
	{ range, lane }: { range: RowRange; lane: number },
): Promise<number[]> {
	if (!basis) throw new Error('an import without a basis of consent runs')
	const { defaultLocale } = await getNewsletter({ db: tx }, { id: newsletterId })
	const now = clock.now()
	const adding: Adding = { ...range, newsletterId, basis, now, defaultLocale }
	await lockRowAddresses(tx, range, lane)
	await insertPersons(tx, { ...range, now })
	if (overwrite.includes('names')) await overwriteNames(tx, adding)
	const { missing } = await insertSubscriptions(tx, adding)
	if (missing > 0) throw new Overtaken()
	if (overwrite.includes('choices')) await overwriteChoices(tx, adding)
	const noticeIds = basis.kind === 'unsure' ? await ask({ keys }, tx, adding) : []
	const toSuppress = await selectToSuppress(tx, range)
	await suppressAll(
		tx,
		toSuppress.map(({ addressHash, state }) => ({
			addressHash,
			reason: state === 'complained' ? 'complaint' : 'dead_address',
			evidence: evidenceOf(range.importId),
			at: now,
		})),
	)
	return noticeIds
}

/** What a suppression says that came by an import. */
export const evidenceOf = (importId: number): string => `import ${importId}`

async function ask(
	{ keys }: Pick<Deps, 'keys'>,
	tx: DatabaseOrTransaction,
	adding: Adding,
): Promise<number[]> {
	const toAsk = await selectToAsk(tx, adding)
	const hashed = toAsk.map(({ id, locale, address, comparable }) => {
		const at = address.lastIndexOf('@')
		const whole = { local: address.slice(0, at), domain: address.slice(at + 1), comparable }
		return { id, locale, mailboxHash: hashAddress(keys, mailboxOf(whole)) }
	})
	return insertAsks(tx, hashed, adding.now)
}
