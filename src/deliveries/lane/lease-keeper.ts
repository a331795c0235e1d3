import type { Database } from '../../kernel/database.ts'
import type { Log } from '../../kernel/log.ts'
import type { WorkerKey } from '../store/claims.ts'
import { renewLeases } from '../store/leases.ts'

export const leaseSeconds = 60
const renewEveryMs = 15_000
/** A row is surely ours for so long after it was claimed or renewed: less than a lease lasts. */
const safeMs = 45_000

/** Renews the leases of a lane, and knows which rows are surely still its own. */
export class LeaseKeeper {
	readonly #deps: { db: Database; log: Log }
	readonly #key: WorkerKey
	#renewedAt = Number.NEGATIVE_INFINITY

	constructor(deps: { db: Database; log: Log }, key: WorkerKey) {
		this.#deps = deps
		this.#key = key
	}

	/** The returned function ends it. */
	start(): () => void {
		const timer = setInterval(() => this.renew(), renewEveryMs).unref()
		return () => clearInterval(timer)
	}

	/** `claimedAt` is a `performance.now()`. */
	isSafe(claimedAt: number): boolean {
		return performance.now() < Math.max(claimedAt, this.#renewedAt) + safeMs
	}

	/** Never rejects: without a renewal, rows stop being safe. */
	async renew(): Promise<void> {
		const begunAt = performance.now()
		try {
			await renewLeases(this.#deps.db, this.#key, leaseSeconds)
			this.#renewedAt = begunAt
		} catch (error) {
			this.#deps.log.warn({ digestId: this.#key.digestId, err: error }, 'leases could not be renewed')
		}
	}
}
