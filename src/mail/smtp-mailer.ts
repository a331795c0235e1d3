import type { ConnectionOptions } from 'node:tls'
import type { Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { readOwnReason } from '../kernel/own-reason.ts'
import { createWireFormer } from './create-wire-former.ts'
import { type ChunkingTrial, createChunkingTrial } from './smtp/chunking-trial.ts'
import { createConnectionQuota } from './smtp/connection-quota.ts'
import { createConnections } from './smtp/connections.ts'
import { createDistrust, type HearOutOfStep } from './smtp/distrust.ts'
import { depthOf, mannerFor, oneAtATime } from './smtp/extensions.ts'
import { wantsNewConnection } from './smtp/judge-relay.ts'
import { connectToRelay, openSession } from './smtp-session.ts'
import { readSmtpSettings, type SmtpTimeouts } from './smtp-settings.ts'

export type SmtpMailerOptions = {
	/** `smtp://` or `smtps://`, see `readSmtpSettings`. */
	url: string
	/** The most connections that are open at once. */
	connections: number
	/** The name that EHLO tells; the host's own where it has a full one. */
	name?: string | undefined
	/** Certificates that the relay's is checked against, where it is not one of the public ones. */
	tls?: ConnectionOptions
	timeouts?: Partial<SmtpTimeouts>
	/** How long a connection without work is kept. */
	idleMs?: number
	/** Hears, once for each time, that the relay does not keep to what it offers. */
	onOutOfStep?: HearOutOfStep | undefined
	/** Whether messages go as chunks where the relay takes them; timed, where nothing is said. */
	chunking?: ChunkingTrial
}

/**
 * A pool of connections to one relay. Nodemailer opens them, secures them and signs in; messages go over them in
 * transactions of our own, as many under way as the relay's extensions allow. Connections are opened when needed and used again.
 */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
	const timeouts = { connectMs: 30_000, silenceMs: 600_000, ...options.timeouts }
	const settings = readSmtpSettings(options.url, { name: options.name, tls: options.tls, timeouts })
	const toWire = createWireFormer()
	const distrust = createDistrust(options.onOutOfStep)
	const quota = createConnectionQuota()
	const chunking = options.chunking ?? createChunkingTrial()
	let depth = 1
	let closed = false

	const connections = createConnections({
		most: options.connections,
		idleMs: options.idleMs ?? 20_000,
		depth: () => depth,
		open: (onEnd) =>
			openSession(settings, {
				toWire,
				chunking,
				mannerFor: (offered) => {
					const manner = distrust.isOn() ? oneAtATime : mannerFor(offered)
					depth = depthOf(manner)
					return manner
				},
				onOutOfStep: (what) => {
					depth = 1
					distrust.begin(what)
				},
				mostMessages: quota.most(),
				onCut: quota.learn,
				onEnd,
			}),
	})

	const sendInTurn = async (message: ReadyMessage): Promise<SendOutcome> => {
		for (let tries = 1; ; tries++) {
			if (closed) return closedMailer
			const taken = await connections.take()
			if (!taken.ok) return taken.outcome
			const { session } = taken
			const isFirst = session.brought === 0
			try {
				const outcome = await session.send(message)
				if (tries >= mostTries || !endedBefore(outcome, isFirst)) return outcome
			} finally {
				connections.giveBack(session)
			}
		}
	}

	return {
		connections: options.connections,
		get depth() {
			return depth
		},
		send: sendInTurn,
		verify: async () => {
			const connected = await connectToRelay(settings)
			if (!connected.ok) throw new Error(reasonOf(connected.outcome))
			connected.socket.on('error', () => {})
			connected.socket.end('QUIT\r\n')
			setTimeout(() => connected.socket.destroy(), 2_000).unref()
		},
		close: async () => {
			closed = true
			connections.close()
		},
	}
}

/** A connection may end before the turn of a message that came to it late; with several at once that may happen again. */
const mostTries = 4

const closedMailer: SendOutcome = { kind: 'not_sent', reason: 'the mailer is closed' }

/**
 * Whether the relay ended the connection before this message's turn came, as some do after a number of messages, with or
 * without a word: the message deserves a new connection, not a refusal (mail-rules S3).
 */
function endedBefore(outcome: SendOutcome, isFirst: boolean): boolean {
	if (outcome.kind === 'not_sent') return !outcome.begun || !isFirst
	return (
		!isFirst && outcome.kind === 'refused' && outcome.scope === 'relay' && wantsNewConnection(outcome.reply)
	)
}

/** For the log: what relay or network said. */
function reasonOf(outcome: SendOutcome): string {
	const reason = 'reply' in outcome ? outcome.reply : outcome.reason
	return readOwnReason(reason)?.detail || reason
}
