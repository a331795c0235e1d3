import { addDays, type Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { deleteNoticesBefore } from './store/notices.ts'

type Deps = { db: Database; clock: Clock; config: { noticeDays: number } }

/** Forgets mails that answered readers long ago, with what the relay said of them. Gives how many. */
export async function pruneNotices({ db, clock, config }: Deps): Promise<{ notices: number }> {
	return { notices: await deleteNoticesBefore(db, addDays(clock.now(), -config.noticeDays)) }
}
