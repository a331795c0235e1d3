import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import type { MeasureRelays, RelayTrouble } from '../../kernel/measure-relays.ts'
import { replaceRelayTests, selectRelayTests } from '../store/relay-tests.ts'

type Deps = { db: Database; clock: Clock; limiter: Limiter; measureRelays: MeasureRelays }

/** What a relay that staff tried has said the last time; without `trouble` it took us. */
export type RelayTest = {
	relay: string
	testedAt: Date
	trouble: RelayTrouble | null
	/** The words of the relay or the network. */
	said: string
	roundTripMs: number
	perSecond: number
	encrypted: boolean
	signedIn: boolean
}

// each is a connection to somebody else's server, with our password
const limit = { points: 6, perSeconds: 600 }

/**
 * Connects to the relays of the settings, signs in, measures, and keeps what came of it. Nothing is mailed. Throws
 * `limited` after six times in ten minutes, of all staff together.
 */
export async function testRelays({ db, clock, limiter, measureRelays }: Deps, actor: Actor): Promise<void> {
	const granted = await limiter.take('relay-test', limit)
	if (!granted.ok) {
		const { retryAfterSeconds } = granted
		const params = { minutes: Math.ceil(retryAfterSeconds / 60) }
		throw new AppError('limited', 'errors.relay.tested_often', { params, retryAfterSeconds })
	}
	const answers = await measureRelays()
	await db.transaction().execute(async (tx) => {
		await replaceRelayTests(tx, answers, clock.now())
		for (const answer of answers) {
			const detail = answer.ok ? undefined : answer.trouble
			const entry = { actor, action: 'measure', subject: `relay:${answer.name}` } as const
			await recordAudit({ db: tx, clock }, { ...entry, ...(detail && { detail }) })
		}
	})
}

/** The last test of each relay. */
export async function listRelayTests({ db }: { db: Database }): Promise<RelayTest[]> {
	const rows = await selectRelayTests(db)
	return rows.map((row) => ({
		relay: row.relay,
		testedAt: row.tested_at,
		trouble: row.trouble,
		said: row.said,
		roundTripMs: row.round_trip_ms ?? 0,
		perSecond: row.per_second ?? 0,
		encrypted: row.encrypted ?? false,
		signedIn: row.signed_in ?? false,
	}))
}
