import { type Digest, type DigestProgress, digestProgress, listDigests } from '../../digests/index.ts'
import type { Database } from '../../kernel/database.ts'
import type { Cell, DataSet } from '../data-set.ts'

const digestsAPage = 50

/** What went out, with its sums, the newest first. */
export const digests: DataSet = {
	columns: [
		'id',
		'kind',
		'state',
		'triggered_by',
		'subjects',
		'created_at',
		'planned_at',
		'completed_at',
		'corrects',
		'planned',
		'accepted',
		'refused',
		'bounced',
		'complained',
		'in_doubt',
		'due',
	],
	async *read(db, { newsletterId }) {
		let before: number | undefined
		do {
			const page = await listDigests({ db }, newsletterId, {
				limit: digestsAPage,
				...(before !== undefined && { before }),
			})
			const rows: Cell[][] = []
			for (const digest of page) rows.push(await readRow(db, digest))
			yield rows
			before = page.length === digestsAPage ? page.at(-1)?.id : undefined
		} while (before !== undefined)
	},
}

async function readRow(db: Database, digest: Digest): Promise<Cell[]> {
	const progress: DigestProgress = await digestProgress({ db }, digest.id)
	return [
		digest.id,
		digest.isLetter ? 'letter' : digest.kind,
		digest.state,
		digest.trigger,
		subjectsOf(digest),
		digest.createdAt,
		digest.plannedAt,
		digest.completedAt,
		digest.corrects,
		progress.planned,
		progress.accepted,
		progress.refused,
		progress.bounced,
		progress.complained,
		progress.inDoubt,
		progress.due,
	]
}

/** Readers of one language may have had different stories, and so different subjects: the first of each language. */
function subjectsOf({ renditions }: Digest): Record<string, string> {
	return Object.fromEntries(renditions.toReversed().map(({ locale, subject }) => [locale, subject]))
}
