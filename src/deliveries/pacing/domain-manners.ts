import type { SendOutcome } from '../../kernel/mail.ts'
import type { DomainRecovery } from './domain-recovery.ts'
import { pausesDomain } from './pause-policy.ts'

/** A message as far as manners go. `pausedAt` tells of a pause of its domain that is over, whichever process met its cause. */
export type ForDomain = { domain: string; pausedAt: string | null }

/**
 * What single recipient domains want (mail-rules S2): one that has found us too fast is left alone for ten minutes, then
 * sent to on one connection, then one more for each message that goes through: by one process first, by the others after.
 */
export type DomainManners = {
	/** Leaves to another process what it alone may send now: gives seconds to put each message off for, 0 for none. */
	admit(messages: readonly ForDomain[]): Promise<number[]>
	/**
	 * Asks to begin a message: 0 where it may begin (then `end` must follow), else the seconds to put it off for.
	 */
	begin(message: ForDomain): number
	end(domain: string, outcome: SendOutcome): void
}

/** How long a domain is left alone. */
export const domainPauseSeconds = 600
/** What waits for a connection of a domain comes back at the pace of so many messages a second and connection. */
const pacePerConnection = 2
/** What another process has to send first comes back after this at the latest, and after half of it at the soonest. */
export const leftToOthersSeconds = 4

type Recovery = {
	pausedUntil: number
	pausedAt: string | null
	allowed: number
	underWay: number
	next: number
}

/** Without `recovery` this process is taken for the only one. */
export function createDomainManners(connections: number, recovery?: DomainRecovery): DomainManners {
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
		admit: async (messages) => {
			const waits: number[] = []
			for (const { domain, pausedAt } of messages) {
				const isOurs =
					!recovery ||
					pausedAt === null ||
					recovered.get(domain) === pausedAt ||
					(await recovery.maySend(domain, pausedAt))
				waits.push(isOurs ? 0 : (leftToOthersSeconds * (1 + Math.random())) / 2)
			}
			return waits
		},
		begin: ({ domain, pausedAt }) => {
			const found = find(domain, pausedAt)
			if (!found) return 0
			const now = performance.now() / 1_000
			if (now < found.pausedUntil) return found.pausedUntil - now
			if (found.underWay < found.allowed) {
				found.underWay += 1
				return 0
			}
			found.next = Math.max(found.next, now) + 1 / (pacePerConnection * found.allowed)
			return Math.min(found.next - now, 60 + 20 * Math.random())
		},
		end: (domain, outcome) => {
			const found = recovering.get(domain)
			if (found) found.underWay = Math.max(0, found.underWay - 1)
			if (pausesDomain(outcome)) {
				const pausedUntil = performance.now() / 1_000 + domainPauseSeconds
				const underWay = found?.underWay ?? 0
				recovering.set(domain, { pausedUntil, pausedAt: null, allowed: 1, underWay, next: 0 })
			} else if (found && outcome.kind === 'accepted') {
				found.allowed += 1
				if (found.allowed > connections) {
					recovering.delete(domain)
					if (found.pausedAt === null) return
					recovered.set(domain, found.pausedAt)
					recovery?.end(domain, found.pausedAt)
				}
			}
		},
	}
}
