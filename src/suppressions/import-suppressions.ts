import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { invalidField } from '../kernel/app-error.ts'
import { type Clock, isStorableDate } from '../kernel/clock.ts'
import type { FilePieces } from '../kernel/csv/file-format.ts'
import { lookAtTable } from '../kernel/csv/look-at-table.ts'
import type { FileRow } from '../kernel/csv/parse-cells.ts'
import { readRows } from '../kernel/csv/read-rows.ts'
import { withoutName } from '../kernel/csv/without-name.ts'
import type { Database } from '../kernel/database.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import { suppressionReasons } from '../kernel/enumerations.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import { type SuppressionInput, suppressAll } from './store.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

/** What became of a table: how many addresses were added or known, and which lines can't be used. */
export type ImportedSuppressions = {
	added: number
	known: number
	/** `problem` is a key of the string catalogs. The first hundred. */
	refused: Array<{ line: number; problem: string }>
	refusedCount: number
}

const batchSize = 500
const maxRefused = 100

/**
 * Suppresses what a table in text lists, in the encodings and with the separators that imports of readers take: addresses under `address`, or hashes under `address_hash` as our own export has
 * them, with a `reason` and `since` where there are such columns. A table without a head is a list of addresses. What
 * can't be used is told and left out; the rest counts. Addresses are hashed and not kept. Throws `invalid`.
 */
export async function importSuppressions(
	deps: Deps,
	pieces: FilePieces,
	actor: Actor,
): Promise<ImportedSuppressions> {
	const found = new Map<string, SuppressionInput>()
	const refused: ImportedSuppressions['refused'] = []
	let refusedCount = 0
	let columns: Columns | undefined
	const { format, all } = await lookAtTable(pieces, {}, 'body')
	for await (const rows of readRows(all, format)) {
		for (const row of rows) {
			if (!columns) {
				columns = readHead(row)
				if (columns !== noHead) continue
			}
			const read = readRow(deps, columns, row)
			if (!('problem' in read)) found.set(read.addressHash, read)
			else if (++refusedCount <= maxRefused) refused.push({ line: row.line, problem: read.problem })
		}
	}
	if (!columns) throw invalidField('body', 'errors.suppression.empty_table')
	const inputs = [...found.values()]
	const added = await suppressInBatches(deps, inputs, refusedCount, actor)
	return { added, known: inputs.length - added, refused, refusedCount }
}

/** All of a table or nothing of it; gives how many were added. */
function suppressInBatches(
	deps: Deps,
	inputs: readonly SuppressionInput[],
	refusedCount: number,
	actor: Actor,
): Promise<number> {
	// one order throughout, so that two tables of the same addresses can't wait for each other
	const inOrder = inputs.toSorted((a, b) => (a.addressHash < b.addressHash ? -1 : 1))
	return deps.db.transaction().execute(async (tx) => {
		let added = 0
		for (let at = 0; at < inOrder.length; at += batchSize) {
			added += await suppressAll(tx, inOrder.slice(at, at + batchSize))
		}
		const detail = `added ${added}, known ${inputs.length - added}, refused ${refusedCount}`
		await recordAudit({ ...deps, db: tx }, { actor, action: 'import', subject: 'suppressions', detail })
		return added
	})
}

type Columns = { address: number; addressHash: number; reason: number; since: number }

/** The columns of a table without a head: a list of addresses. */
const noHead: Columns = { address: 0, addressHash: -1, reason: -1, since: -1 }

/** Reads the first row; gives `noHead` where it is an address and not a head. */
function readHead({ cells }: FileRow): Columns {
	const names = cells.map((cell) => cell.toLowerCase().replace(/[\s-]+/g, '_'))
	const find = (...known: string[]) => names.findIndex((name) => known.includes(name))
	const columns = {
		address: find('address', 'email', 'email_address', 'e_mail', 'courriel', 'adresse'),
		addressHash: find('address_hash'),
		reason: find('reason'),
		since: find('since'),
	}
	if (columns.address >= 0 || columns.addressHash >= 0) return columns
	if (cells.length > 1 || !cells[0]?.includes('@')) {
		throw invalidField('body', 'errors.suppression.no_column')
	}
	return noHead
}

function readRow(
	{ keys, clock }: Deps,
	columns: Columns,
	{ cells, problem }: FileRow,
): SuppressionInput | { problem: string } {
	if (problem) return { problem: `errors.import.row.${problem}` }
	const cell = (at: number) => cells[at] ?? ''
	const reason = suppressionReasons.find((known) => known === (cell(columns.reason) || 'staff'))
	if (!reason) return { problem: 'errors.suppression.reason' }
	const since = cell(columns.since) === '' ? clock.now() : new Date(cell(columns.since))
	if (!isStorableDate(since) || since > clock.now()) return { problem: 'errors.suppression.since' }
	const shared = { reason, evidence: 'import', at: since }

	// the address counts where both are there: a hash is of use with the key alone that it was made with
	const address = cell(columns.address)
	const addressHash = cell(columns.addressHash)
	if (address === '' && addressHash !== '') {
		const isHash = /^[\w-]{43}$/.test(addressHash)
		return isHash ? { addressHash, ...shared } : { problem: 'errors.suppression.hash' }
	}
	const typed = withoutName(address)
	if (typed.includes('\ufffd')) return { problem: 'errors.import.row.encoding' }
	const parsed = parseEmailAddress(typed)
	if (!parsed.ok) return { problem: `errors.address.${parsed.problem}` }
	return { addressHash: hashAddress(keys, parsed.address.comparable), ...shared }
}
