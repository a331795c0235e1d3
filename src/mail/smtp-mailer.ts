import type { ConnectionOptions } from 'node:tls'
import type { Mailer, ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { readOwnReason } from '../kernel/own-reason.ts'
import { createWireFormer } from './create-wire-former.ts'
import { openSession, type SmtpSession } from './smtp-session.ts'
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
}

/** A pool of connections to one relay over Nodemailer's SMTP client. Connections are opened when needed and used again. */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer {
	const timeouts = { connectMs: 30_000, silenceMs: 600_000, ...options.timeouts }
	const settings = readSmtpSettings(options.url, { name: options.name, tls: options.tls, timeouts })
	const toWire = createWireFormer()
	const idle = createIdleSessions(options.idleMs ?? 20_000)
	const busy = new Set<SmtpSession>()
	const waiting: Array<() => void> = []
	let free = options.connections
	let closed = false

	const takeTurn = async (): Promise<void> => {
		if (free > 0) free -= 1
		else await new Promise<void>((resolve) => waiting.push(resolve))
	}
	const endTurn = (): void => {
		const next = waiting.shift()
		if (next) next()
		else free += 1
	}

	const sendOn = async (session: SmtpSession, message: ReadyMessage): Promise<SendOutcome> => {
		busy.add(session)
		try {
			return await session.send(message)
		} finally {
			busy.delete(session)
			if (closed) session.quit()
			else if (session.isOpen()) idle.put(session)
		}
	}

	const sendInTurn = async (message: ReadyMessage): Promise<SendOutcome> => {
		if (closed) return closedMailer
		const used = idle.take()
		if (used) {
			const outcome = await sendOn(used, message)
			if (!endedBefore(outcome)) return outcome
		}
		const opened = await openSession(settings, toWire)
		if (!opened.ok) return opened.outcome
		if (!closed) return sendOn(opened.session, message)
		opened.session.quit()
		return closedMailer
	}

	return {
		connections: options.connections,
		send: async (message) => {
			await takeTurn()
			try {
				return await sendInTurn(message)
			} finally {
				endTurn()
			}
		},
		verify: async () => {
			const opened = await openSession(settings, toWire)
			if (!opened.ok) throw new Error(reasonOf(opened.outcome))
			opened.session.quit()
		},
		close: async () => {
			closed = true
			for (let session = idle.take(); session; session = idle.take()) session.quit()
			for (const session of busy) session.abort()
		},
	}
}

const closedMailer: SendOutcome = { kind: 'not_sent', reason: 'the mailer is closed' }

/**
 * Whether a connection that had served before was ended by the relay, which some do after a number of messages, with
 * or without a word: the message deserves a new connection, not a refusal (mail-rules S3).
 */
function endedBefore(outcome: SendOutcome): boolean {
	if (outcome.kind === 'not_sent') return true
	return outcome.kind === 'refused' && outcome.reply.startsWith('421')
}

/** For the log: what relay or network said. */
function reasonOf(outcome: SendOutcome): string {
	const reason = 'reply' in outcome ? outcome.reply : outcome.reason
	return readOwnReason(reason)?.detail || reason
}

/** Sessions without work, the last used first; those that wait too long are closed. */
function createIdleSessions(idleMs: number) {
	const sessions: Array<{ session: SmtpSession; timer: NodeJS.Timeout }> = []
	return {
		put: (session: SmtpSession): void => {
			const timer = setTimeout(() => {
				sessions.splice(
					sessions.findIndex((entry) => entry.session === session),
					1,
				)
				session.quit()
			}, idleMs)
			timer.unref()
			sessions.push({ session, timer })
		},
		take: (): SmtpSession | undefined => {
			for (let entry = sessions.pop(); entry; entry = sessions.pop()) {
				clearTimeout(entry.timer)
				if (entry.session.isOpen()) return entry.session
			}
			return undefined
		},
	}
}
