import { randomBytes } from 'node:crypto'
import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { endRecovery, leaseRecovery } from './store.ts'

/**
 * One process, its keeper, sends to a domain after its pause until the domain takes as much as before. So "one
 * connection, then one more" is true of all processes together.
 */
export type RecoveryLease = {
	/** `pausedAt` names the pause that is over. */
	maySend(domain: string, pausedAt: string): Promise<boolean>
	end(domain: string, pausedAt: string): void
}

/** A keeper that is done, or has died, loses the domain to the next process that asks. */
const leaseSeconds = 10
const askAgainMs = { allowed: 3_000, refused: 2_000 }

type Answer = { pausedAt: string; maySend: boolean; goodUntil: number }

export function createRecoveryLease(db: Database, log: Log): RecoveryLease {
	const keeper = randomBytes(9).toString('base64url')
	const answers = new Map<string, Answer>()

	return {
		maySend: async (domain, pausedAt) => {
			const known = answers.get(domain)
			if (known?.pausedAt === pausedAt && performance.now() < known.goodUntil) return known.maySend
			const maySend = await leaseRecovery(db, { domain, keeper, leaseSeconds }).catch((error) => {
				log.warn({ err: error }, 'who sends to a domain after its pause could not be asked')
				return false
			})
			const goodUntil = performance.now() + (maySend ? askAgainMs.allowed : askAgainMs.refused)
			answers.set(domain, { pausedAt, maySend, goodUntil })
			return maySend
		},
		end: (domain, pausedAt) => {
			endRecovery(db, { domain, keeper, pausedAt }).catch((error) =>
				log.warn({ err: error }, 'the end of a pause could not be written down'),
			)
		},
	}
}
