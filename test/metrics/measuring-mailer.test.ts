import { expect, it } from 'vitest'
import type { Mailer, MessageKind, SendOutcome } from '../../src/kernel/mail.ts'
import { measuringMailer } from '../../src/metrics/measuring-mailer.ts'

const message = { envelope: { from: 'a@example.org', to: 'b@example.net' }, raw: '' }

const answering = (outcome: SendOutcome): Mailer => ({
	send: async () => outcome,
	connections: 3,
	verify: async () => {},
	close: async () => {},
})

it.each<[SendOutcome, MessageKind | undefined, string]>([
	[{ kind: 'accepted', reply: '250 ok' }, undefined, 'digest accepted'],
	[{ kind: 'accepted', reply: '250 ok' }, 'notice', 'notice accepted'],
	[
		{ kind: 'refused', permanence: 'temporary', scope: 'recipient', reply: '451 later' },
		'digest',
		'digest refused_temporary',
	],
	[
		{ kind: 'refused', permanence: 'permanent', scope: 'relay', reply: '550 no' },
		'digest',
		'digest refused_permanent',
	],
	[{ kind: 'not_sent', reason: 'no connection' }, 'notice', 'notice not_sent'],
	[{ kind: 'in_doubt', reason: 'lost' }, 'digest', 'digest in_doubt'],
])('tells what became of a message, and lets the outcome through: %j, %s', async (outcome, kind, counted) => {
	const told: string[] = []
	const mailer = measuringMailer(answering(outcome), (kind, outcome, seconds) => {
		expect(seconds).toBeGreaterThanOrEqual(0)
		told.push(`${kind} ${outcome}`)
	})
	expect(await mailer.send(kind ? { ...message, kind } : message)).toBe(outcome)
	expect(mailer.connections).toBe(3)
	expect(told).toEqual([counted])
})
