import { z } from 'zod'
import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { formatAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { lineInput } from '../../kernel/text-input.ts'
import type { Newsletter } from '../newsletter.ts'
import { lockNewsletter } from '../store.ts'
import { deleteTestList, insertTestList, selectTestLists, type TestList, updateTestList } from './store.ts'

type Deps = { db: Database; clock: Clock }

const maxAddresses = 20
const maxLists = 20

/** A list as staff type it: the addresses on lines of their own, or with commas between. */
export const testListInput = z.strictObject({ name: lineInput(60), addresses: z.string().max(10_000) })

type Typed = z.output<typeof testListInput>

/** The lists of a newsletter, by name. */
export function listTestLists(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<TestList[]> {
	return selectTestLists(db, newsletterId)
}

/**
 * Keeps a list, a new one where `id` is undefined. Throws `invalid` for what can't be an address, none or too many of them, a name
 * that another list has, or too many lists; `not_found`.
 */
export async function saveTestList(
	deps: Deps,
	{ id: newsletterId, slug }: Pick<Newsletter, 'id' | 'slug'>,
	{ id, ...typed }: Typed & { id?: number | undefined },
	actor: Actor,
): Promise<void> {
	const list = { name: typed.name, addresses: readAddresses(typed.addresses) }
	await deps.db.transaction().execute(async (tx) => {
		await lockNewsletter(tx, newsletterId)
		const lists = await selectTestLists(tx, newsletterId)
		if (lists.some((other) => other.name === list.name && other.id !== id)) {
			throw invalidField('name', 'errors.test_list.name_taken')
		}
		if (id === undefined) {
			if (lists.length >= maxLists) throw invalidField('name', 'errors.test_list.too_many', { max: maxLists })
			await insertTestList(tx, newsletterId, list)
		} else {
			requireOne(lists, id)
			await updateTestList(tx, { id, ...list })
		}
		const entry = {
			actor,
			action: 'change' as const,
			subject: `newsletter:${slug}`,
			detail: named(list.name),
		}
		await recordAudit({ db: tx, clock: deps.clock }, entry)
	})
}

/** Throws `not_found`. */
export async function removeTestList(
	deps: Deps,
	{ id: newsletterId, slug }: Pick<Newsletter, 'id' | 'slug'>,
	id: number,
	actor: Actor,
): Promise<void> {
	await deps.db.transaction().execute(async (tx) => {
		const { name } = requireOne(await selectTestLists(tx, newsletterId), id)
		await deleteTestList(tx, id)
		const entry = {
			actor,
			action: 'remove' as const,
			subject: `newsletter:${slug}`,
			detail: named(name),
		}
		await recordAudit({ db: tx, clock: deps.clock }, entry)
	})
}

/** How the audit calls a list, where no address has a place: whoever calls a list by one is not named there. */
function named(name: string): string {
	return name.includes('@') ? 'test list' : `test list ${name}`
}

function requireOne(lists: readonly TestList[], id: number): TestList {
	const found = lists.find((list) => list.id === id)
	if (!found) throw new AppError('not_found', 'errors.test_list.not_found')
	return found
}

function readAddresses(typed: string): string[] {
	const words = typed.split(/[,;\s]+/).filter(Boolean)
	if (words.length === 0) throw invalidField('addresses', 'errors.test_list.empty')
	if (words.length > maxAddresses) {
		throw invalidField('addresses', 'errors.test_list.too_long', { max: maxAddresses })
	}
	const addresses = words.map((word) => {
		const parsed = parseEmailAddress(word)
		if (!parsed.ok) throw invalidField('addresses', 'errors.test_list.no_address', { typed: word })
		return formatAddress(parsed.address)
	})
	return [...new Set(addresses)]
}
