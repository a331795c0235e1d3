import { randomBytes } from 'node:crypto'
import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import { endRecovery, keepRecovery } from './store.ts'

/**
 * Which process sends to a domain that found us too fast: of all of them one, its keeper, until the domain takes as much
 * as ever, so that "on one connection, then one more" holds over all processes (mail-rules S2).
 */
export type DomainRecovery = {
	/** Whether this process may send to a domain whose pause is over. `pausedAt` names the pause. */
	maySend(domain: string, pausedAt: string): Promise<boolean>
	/** Tells all processes that a domain takes as much as ever. */
	end(domain: string, pausedAt: string): void
}

/** A keeper that has nothing more for the domain, or is heard of no more, loses it to the next that asks. */
const leaseSeconds = 10
const askAgainMs = { allowed: 3_000, refused: 2_000 }

type Answer = { pausedAt: string; maySend: boolean; goodUntil: number }

export function createDomainRecovery(db: Database, log: Log): DomainRecovery {
	const keeper = randomBytes(9).toString('base64url')
	const answers = new Map<string, Answer>()

	return {
		maySend: async (domain, pausedAt) => {
			const known = answers.get(domain)
			if (known?.pausedAt === pausedAt && performance.now() < known.goodUntil) return known.maySend
			const maySend = await keepRecovery(db, { domain, keeper, leaseSeconds }).catch((error) => {
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
