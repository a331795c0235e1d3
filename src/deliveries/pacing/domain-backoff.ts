import type { SendOutcome } from '../../kernel/mail.ts'
import { isDomainRateRefusal } from './is-domain-rate-refusal.ts'
import type { RecoveryLease } from './recovery-lease.ts'

/** `pausedAt` names a pause of the domain that is over, whichever process began it. */
export type ForDomain = { domain: string; pausedAt: string | null }

/**
 * Backs off from recipient domains that find us too fast: each is left alone for ten minutes, then sent to over one
 * connection, then one more for each message that goes through; by one process first, by the others after.
 */
export type DomainBackoff = {
	/** Seconds to put each message off for, or 0: after a pause one process alone sends to a domain. */
	admit(messages: readonly ForDomain[]): Promise<number[]>
	/** 0 where the message may begin (then `end` must follow), else the seconds to put it off for. */
	begin(message: ForDomain): number
	end(domain: string, outcome: SendOutcome): void
}

export const domainPauseSeconds = 600
/** Messages a second and connection at which what waits comes back. */
const pacePerConnection = 2
/** What is left to the recovering process comes back within this, after half of it at the soonest. */
export const recoveryTurnSeconds = 4

type Recovery = {
	pausedUntil: number
	pausedAt: string | null
	allowed: number
	underWay: number
	next: number
}

export function createDomainBackoff(connections: number, lease?: RecoveryLease): DomainBackoff {
	const recoveries = new RecoveringDomains()

	return {
		admit: async (messages) => {
			const waits: number[] = []
			for (const { domain, pausedAt } of messages) {
				const isOurs =
					!lease ||
					pausedAt === null ||
					recoveries.isOver(domain, pausedAt) ||
					(await lease.maySend(domain, pausedAt))
				waits.push(isOurs ? 0 : (recoveryTurnSeconds * (1 + Math.random())) / 2)
			}
			return waits
		},
		begin: (message) => {
			const recovery = recoveries.find(message)
			if (!recovery) return 0
			const now = performance.now() / 1_000
			if (now < recovery.pausedUntil) return recovery.pausedUntil - now
			if (recovery.underWay < recovery.allowed) {
				recovery.underWay += 1
				return 0
			}
			recovery.next = Math.max(recovery.next, now) + 1 / (pacePerConnection * recovery.allowed)
			return Math.min(recovery.next - now, 60 + 20 * Math.random())
		},
		end: (domain, outcome) => {
			const recovery = recoveries.get(domain)
			if (recovery) recovery.underWay = Math.max(0, recovery.underWay - 1)
			if (isDomainRateRefusal(outcome)) {
				recoveries.pause(domain)
			} else if (recovery && outcome.kind === 'accepted') {
				recovery.allowed += 1
				if (recovery.allowed <= connections) return
				recoveries.finish(domain, recovery)
				if (recovery.pausedAt !== null) lease?.end(domain, recovery.pausedAt)
			}
		},
	}
}

class RecoveringDomains {
	readonly #recovering = new Map<string, Recovery>()
	readonly #over = new Map<string, string>()

	get(domain: string): Recovery | undefined {
		return this.#recovering.get(domain)
	}

	isOver(domain: string, pausedAt: string): boolean {
		return this.#over.get(domain) === pausedAt
	}

	find({ domain, pausedAt }: ForDomain): Recovery | undefined {
		const known = this.#recovering.get(domain)
		if (known) {
			known.pausedAt = pausedAt ?? known.pausedAt
			return known
		}
		if (pausedAt === null || this.isOver(domain, pausedAt)) return undefined
		const found = { pausedUntil: 0, pausedAt, allowed: 1, underWay: 0, next: 0 }
		this.#recovering.set(domain, found)
		return found
	}

	pause(domain: string): void {
		const pausedUntil = performance.now() / 1_000 + domainPauseSeconds
		const underWay = this.#recovering.get(domain)?.underWay ?? 0
		this.#recovering.set(domain, { pausedUntil, pausedAt: null, allowed: 1, underWay, next: 0 })
	}

	finish(domain: string, { pausedAt }: Recovery): void {
		this.#recovering.delete(domain)
		if (pausedAt !== null) this.#over.set(domain, pausedAt)
	}
}
