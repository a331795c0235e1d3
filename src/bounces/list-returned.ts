import type { Database } from '../kernel/database.ts'
import { displayAddress } from '../kernel/email-address.ts'
import { countUnread, type UnreadReports } from './store/reports.ts'
import {
	type ReturnedCursor,
	type ReturnedFilter,
	type ReturnedRow,
	selectReturned,
	selectUnmatched,
	type UnmatchedRow,
} from './store/returned.ts'

type Deps = { db: Database }

/** A bounce or complaint with its reader, while they are known. */
export type ReturnedMail = Omit<ReturnedRow, 'reader'> & {
	reader: { id: number | null; address: string } | null
}

/** What came back of a newsletter's mail, the newest first, a page at a time: those behind `after`. */
export async function listReturned({ db }: Deps, filter: ReturnedFilter): Promise<ReturnedMail[]> {
	const found = await selectReturned(db, filter)
	return found.map(({ reader, ...row }) => ({
		...row,
		reader: reader && { id: reader.id, address: displayAddress(reader) },
	}))
}

/** What came in and could not be told to be about mail of ours, the newest first, and what nobody has read yet or could read. */
export async function listUnmatched(
	{ db }: Deps,
	page: { after: ReturnedCursor | undefined; limit: number },
): Promise<{ events: UnmatchedRow[]; reports: UnreadReports }> {
	return { events: await selectUnmatched(db, page), reports: await countUnread(db) }
}
