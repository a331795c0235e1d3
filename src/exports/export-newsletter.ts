import { recordAudit } from '../audit/index.ts'
import { type Actor, mayDo } from '../kernel/actor.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DataSetName } from '../kernel/data-set-names.ts'
import type { Database } from '../kernel/database.ts'
import { getNewsletter } from '../newsletters/index.ts'
import type { DataSet } from './data-set.ts'
import { deliveries } from './store/deliveries.ts'
import { digests } from './store/digests.ts'
import { readers } from './store/readers.ts'
import { receipts } from './store/receipts.ts'
import { sources } from './store/sources.ts'
import { stories } from './store/stories.ts'
import { suppressions } from './store/suppressions.ts'
import { topics } from './store/topics.ts'

/** All that a newsletter has to take along. */
const dataSets: Record<DataSetName, DataSet> = {
	...{ readers, receipts, suppressions, topics, sources, stories, digests, deliveries },
}

/** A table on its way out. */
export type ExportedTable = {
	name: DataSetName
	columns: readonly string[]
	rows: ReturnType<DataSet['read']>
}

/**
 * The tables of a newsletter that are asked for, each read part by part when it is its turn: however long it takes, nobody is kept
 * waiting, and what changes meanwhile may be in it or not. That they leave the house is written down first. Throws `not_found`.
 */
export async function exportNewsletter(
	{ db, clock }: { db: Database; clock: Clock },
	{ slug, names }: { slug: string; names: readonly DataSetName[] },
	actor: Actor,
): Promise<ExportedTable[]> {
	const { id } = await getNewsletter({ db }, { slug })
	const subject = `newsletter:${slug}`
	await recordAudit({ db, clock }, { actor, action: 'export', subject, detail: names.join(', ') })
	const allSuppressions = mayDo(actor, 'suppressions.read')
	return names.map((name) => {
		const { columns, read } = dataSets[name]
		return { name, columns, rows: read(db, { newsletterId: id, allSuppressions }) }
	})
}
