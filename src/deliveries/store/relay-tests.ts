import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { RelayAnswer } from '../../kernel/measure-relays.ts'
import type { RelayTestsTable } from '../../kernel/tables/operation.ts'

/** Keeps the last test of each relay, in place of all that were kept before. */
export async function replaceRelayTests(
	db: DatabaseOrTransaction,
	answers: readonly RelayAnswer[],
	at: Date,
): Promise<void> {
	await db.deleteFrom('relay_tests').execute()
	const rows = answers.map((answer): RelayTestsTable => {
		const row = { relay: answer.name, tested_at: at, trouble: null, said: '' }
		const nothing = { round_trip_ms: null, per_second: null, encrypted: null, signed_in: null }
		if (!answer.ok) return { ...row, ...nothing, trouble: answer.trouble, said: answer.said }
		const { roundTripMs, perSecond, encrypted, signedIn } = answer
		return { ...row, round_trip_ms: roundTripMs, per_second: perSecond, encrypted, signed_in: signedIn }
	})
	if (rows.length > 0) await db.insertInto('relay_tests').values(rows).execute()
}

export function selectRelayTests(db: DatabaseOrTransaction): Promise<RelayTestsTable[]> {
	return db.selectFrom('relay_tests').selectAll().execute()
}
