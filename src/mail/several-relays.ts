import { isRelaysFault } from '../kernel/is-relays-fault.ts'
import type { Log } from '../kernel/log.ts'
import type { Mailer, SendOutcome } from '../kernel/mail.ts'

export type WeightedRelay = { name: string; weight: number; mailer: Mailer }

/** A relay that failed is tried last for so long. */
const avoidMs = 30_000

/**
 * Several relays as one mailer: a message that one can't take now goes to the next, those of more weight first. Digests
 * do not use its `send`: they share its `relays` by weight (`RelayPool`), and what fails goes back to the ledger.
 */
export function severalRelays(relays: readonly WeightedRelay[], log: Log): Mailer {
	// all of them sign alike
	const prepare = relays.find(({ mailer }) => mailer.prepare)?.mailer.prepare

	return {
		...(prepare && { prepare }),
		connections: relays.reduce((sum, { mailer }) => sum + mailer.connections, 0),
		relays,
		send: failover(relays),
		verify: async () => {
			const answers = await Promise.allSettled(relays.map(({ mailer }) => mailer.verify()))
			const failures = answers.flatMap((answer, index) =>
				answer.status === 'rejected' ? [{ relay: relays[index]?.name, err: answer.reason as unknown }] : [],
			)
			for (const failure of failures) log.warn(failure, 'a relay does not answer')
			if (failures.length === relays.length) throw failures[0]?.err
		},
		close: async () => {
			await Promise.all(relays.map(({ mailer }) => mailer.close()))
		},
	}
}

function failover(relays: readonly WeightedRelay[]): Mailer['send'] {
	const failedAt = new Map<string, number>()
	const isAvoided = ({ name }: WeightedRelay) =>
		performance.now() - (failedAt.get(name) ?? Number.NEGATIVE_INFINITY) < avoidMs
	const inOrder = () =>
		[...relays].sort((a, b) => Number(isAvoided(a)) - Number(isAvoided(b)) || b.weight - a.weight)

	return async (message) => {
		let outcome: SendOutcome = { kind: 'not_sent', reason: 'there is no relay' }
		for (const { name, mailer } of inOrder()) {
			outcome = await mailer.send(message)
			if (!isRelaysFault(outcome)) {
				failedAt.delete(name)
				return outcome
			}
			failedAt.set(name, performance.now())
		}
		return outcome
	}
}
