import { recordAudit } from '../../audit/index.ts'
import { schedule } from '../../kernel/actor.ts'
import { addDays } from '../../kernel/clock.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { type EraseDeps, erasePerson } from './erase-reader.ts'
import { lockPerson } from './store/erasing.ts'
import { isFormerReader, selectFormerReaders } from './store/former-readers.ts'

/** How many persons a night: each is looked for in all reports that are kept. */
const most = 2_000

/**
 * Erases who left their last newsletter long ago, as staff would: the hash of the address stays, so that no import brings it
 * back. Gives how many; nothing where they are kept until somebody erases them.
 */
export async function eraseFormerReaders(
	deps: EraseDeps & { config: { leftDays: number } },
): Promise<{ former_readers?: number }> {
	const { db, clock, config } = deps
	if (config.leftDays === 0) return {}
	const before = addDays(clock.now(), -config.leftDays)
	let erased = 0
	for (const { id, address } of await selectFormerReaders(db, before, most)) {
		erased += await repeatTransaction(db, async (tx) => {
			// who is coming back at this moment stays
			await lockPerson(tx, address.comparable)
			if (!(await isFormerReader(tx, id, before))) return 0
			await erasePerson(tx, deps, { address, page: 'retention' })
			await recordAudit(
				{ ...deps, db: tx },
				{ actor: schedule, action: 'erase', subject: `subscriber:${id}` },
			)
			return 1
		})
	}
	return { former_readers: erased }
}
