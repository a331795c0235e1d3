import type { Log } from '../kernel/log.ts'
import type { Mailer, SendOutcome } from '../kernel/mail.ts'

export type RelayOfSeveral = { name: string; weight: number; mailer: Mailer }

/** A relay that failed is tried last for so long. */
const avoidMs = 30_000

/**
 * Several relays as one mailer: a message that one can't take now goes to the next, those of more weight first. Whoever
 * shares mail out among them by weight uses its `outlets`.
 */
export function severalRelays(relays: readonly RelayOfSeveral[], log: Log): Mailer {
	const failedAt = new Map<string, number>()
	const isAvoided = ({ name }: RelayOfSeveral) =>
		performance.now() - (failedAt.get(name) ?? Number.NEGATIVE_INFINITY) < avoidMs
	const inOrder = () =>
		[...relays].sort((a, b) => Number(isAvoided(a)) - Number(isAvoided(b)) || b.weight - a.weight)

	// all of them sign alike
	const prepare = relays.find(({ mailer }) => mailer.prepare)?.mailer.prepare

	return {
		...(prepare && { prepare }),
		connections: relays.reduce((sum, { mailer }) => sum + mailer.connections, 0),
		outlets: relays,
		send: async (message) => {
			let outcome: SendOutcome = { kind: 'not_sent', reason: 'there is no relay' }
			for (const relay of inOrder()) {
				outcome = await relay.mailer.send(message)
				if (!isRelaysFault(outcome)) {
					failedAt.delete(relay.name)
					return outcome
				}
				failedAt.set(relay.name, performance.now())
			}
			return outcome
		},
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

function isRelaysFault(outcome: SendOutcome): boolean {
	if (outcome.kind !== 'refused') return outcome.kind === 'not_sent'
	return outcome.scope === 'relay' || outcome.account !== undefined
}
