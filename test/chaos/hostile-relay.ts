import {
	type SinkAnswer,
	type SinkMoment,
	type SinkStage,
	type SmtpSink,
	startSmtpSink,
} from '../support/smtp-sink.ts'
import { randomOf } from './random.ts'

export type HostileRelay = {
	sink: SmtpSink
	/** How often it did what, so far. */
	did: { deferred: number; droppedBefore: number; droppedAfter: number; keptAndDropped: number }
	/** Answers nobody for so long; those who ask wait. */
	hang(ms: number): void
	/** Slows down or goes at full speed, so that there is work while there are faults. */
	slow: boolean
}

const chunking = ['250-sink.test', '250-PIPELINING', '250-CHUNKING', '250 8BITMIME'].join('\r\n')

/**
 * A relay that remembers every message, and at its first meeting with a recipient may refuse it for now, or close the
 * connection before or after the final dot: which, is decided by the seed and the address.
 */
export async function startHostileRelay(seed: number): Promise<HostileRelay> {
	const did = { deferred: 0, droppedBefore: 0, droppedAfter: 0, keptAndDropped: 0 }
	let hangsUntil = 0

	const misbehave = (stage: SinkStage, { to }: SinkMoment): SinkAnswer | undefined => {
		const fate = randomOf(seed, to)
		if (stage === 'rcpt' && fate < 0.25) {
			did.deferred += 1
			return '450 4.2.0 not now'
		}
		if (stage === 'message' && fate >= 0.25 && fate < 1 / 3) {
			did.deferred += 1
			return '451 4.2.1 not now'
		}
		if (stage === 'data' && fate >= 0.97) {
			did.droppedBefore += 1
			return 'drop'
		}
		if (stage === 'message' && fate >= 0.95 && fate < 0.96) {
			did.droppedAfter += 1
			return 'drop'
		}
		if (stage === 'message' && fate >= 0.96 && fate < 0.97) {
			did.keptAndDropped += 1
			return 'keep and drop'
		}
		return undefined
	}

	const relay: HostileRelay = {
		sink: await startSmtpSink({
			script: (stage, moment) => {
				// as behind a load balancer: machines that offer more, and less
				if (stage === 'ehlo' && moment.connection % 2 === 0) return chunking
				const odd = moment.tries === 1 ? misbehave(stage, moment) : undefined
				if (odd || stage !== 'message') return odd
				const usual = Math.random() * (relay.slow ? 1_200 : 10)
				const afterMs = Math.max(usual, hangsUntil - performance.now())
				return { afterMs, answer: '250 2.0.0 Ok: queued' }
			},
		}),
		did,
		hang: (ms) => {
			hangsUntil = performance.now() + ms
		},
		slow: true,
	}
	return relay
}
