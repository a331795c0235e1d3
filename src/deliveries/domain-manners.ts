import type { SendOutcome } from '../kernel/mail.ts'
import { pausesDomain } from './pause-policy.ts'

/**
 * What single recipient domains want (mail-rules S2): one that has found us too fast is left alone for ten minutes, then
 * sent to on one connection, then one more for each message that goes through. Each process begins with one of its own.
 */
export type DomainManners = {
	/**
	 * Asks to begin a message: 0 where it may begin (then `end` must follow), else the seconds to put it off for.
	 * `pausedAt` tells of a pause that is over, whichever process met its cause.
	 */
	begin(domain: string, pausedAt: string | null): number
	end(domain: string, outcome: SendOutcome): void
}

/** How long a domain is left alone. */
export const domainPauseSeconds = 600
/** What waits for a connection of a domain comes back at the pace of so many messages a second and connection. */
const pacePerConnection = 2

type Recovery = {
	pausedUntil: number
	pausedAt: string | null
	allowed: number
	underWay: number
	next: number
}

export function createDomainManners(connections: number): DomainManners {
	const recovering = new Map<string, Recovery>()
	/** The pauses that have been recovered from. */
	const recovered = new Map<string, string>()

	const find = (domain: string, pausedAt: string | null): Recovery | undefined => {
		const known = recovering.get(domain)
		if (known) {
			known.pausedAt = pausedAt ?? known.pausedAt
			return known
		}
		if (pausedAt === null || recovered.get(domain) === pausedAt) return undefined
		const found = { pausedUntil: 0, pausedAt, allowed: 1, underWay: 0, next: 0 }
		recovering.set(domain, found)
		return found
	}

	return {
		begin: (domain, pausedAt) => {
			const recovery = find(domain, pausedAt)
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
			const recovery = recovering.get(domain)
			if (recovery) recovery.underWay = Math.max(0, recovery.underWay - 1)
			if (pausesDomain(outcome)) {
				const pausedUntil = performance.now() / 1_000 + domainPauseSeconds
				const underWay = recovery?.underWay ?? 0
				recovering.set(domain, { pausedUntil, pausedAt: null, allowed: 1, underWay, next: 0 })
			} else if (recovery && outcome.kind === 'accepted') {
				recovery.allowed += 1
				if (recovery.allowed > connections) {
					recovering.delete(domain)
					if (recovery.pausedAt !== null) recovered.set(domain, recovery.pausedAt)
				}
			}
		},
	}
}
