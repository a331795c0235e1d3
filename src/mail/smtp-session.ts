import SMTPConnection, { type SMTPEnvelopeDsn } from 'nodemailer/lib/smtp-connection'
import type { ReadyMessage, SendOutcome } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import type { WireFormer } from './create-wire-former.ts'
import { readTrouble } from './read-trouble.ts'
import type { SmtpSettings } from './smtp-settings.ts'
import { WholeMessage } from './whole-message.ts'

/** One connection to the relay, signed in and ready for one message at a time. */
export type SmtpSession = {
	send(message: ReadyMessage): Promise<SendOutcome>
	/** Whether it can take another message. */
	isOpen(): boolean
	/** Says goodbye and closes. */
	quit(): void
	/** Closes at once; a message under way is told as lost. */
	abort(): void
}

export type OpenedSession = { ok: true; session: SmtpSession } | { ok: false; outcome: SendOutcome }

/** What Nodemailer's errors tell. */
type SmtpError = Error & { command?: string; response?: string }

/** Connects, upgrades to TLS as the settings demand, and signs in. A relay that can't be had is an outcome, not an error. */
export async function openSession(settings: SmtpSettings, toWire: WireFormer): Promise<OpenedSession> {
	const connection = new SMTPConnection(settings.connection)
	try {
		await connect(connection)
		const offersSmtpUtf8 = /[ -]SMTPUTF8\b/i.test(connection.lastServerResponse || '')
		if (settings.credentials) await signIn(connection, settings.credentials)
		return { ok: true, session: createSession(connection, { offersSmtpUtf8, toWire }) }
	} catch (error) {
		connection.close()
		return { ok: false, outcome: readError(error as SmtpError, false, 'CONN') }
	}
}

function connect(connection: SMTPConnection): Promise<void> {
	return new Promise((resolve, reject) => {
		connection.on('error', reject)
		connection.once('end', () => reject(new Error('the relay closed the connection')))
		connection.connect((error) => (error ? reject(error) : resolve()))
	})
}

function signIn(connection: SMTPConnection, credentials: { user: string; pass: string }): Promise<void> {
	return new Promise((resolve, reject) => {
		if (!connection.allowsAuth) return reject(new Error(ownReason('no_sign_in')))
		connection.on('error', reject)
		connection.login({ credentials }, (error) => (error ? reject(error) : resolve()))
	})
}

function createSession(
	connection: SMTPConnection,
	{ offersSmtpUtf8, toWire }: { offersSmtpUtf8: boolean; toWire: WireFormer },
): SmtpSession {
	let open = true
	let lose: ((error: Error) => void) | undefined
	connection.once('end', () => {
		open = false
		const tell = lose
		// Nodemailer's own callback comes right after this event and knows more
		queueMicrotask(() => tell?.(new Error('the relay closed the connection')))
	})

	const transact = (
		message: WholeMessage,
		{ from, to, envelopeId }: ReadyMessage['envelope'],
	): Promise<SendOutcome> =>
		new Promise((resolve) => {
			const fail = (error: Error) => {
				const outcome = readError(error, message.dotSent, undefined)
				resolve(outcome.kind === 'not_sent' ? { ...outcome, begun: true } : outcome)
			}
			lose = fail
			const envelope = {
				from,
				to: [to],
				size: message.size,
				use8BitMime: !message.isAscii,
				// heeded where the relay offers DSN
				...(envelopeId && { dsn: dsnOf(envelopeId, to) }),
			}
			connection.send(envelope, message, (error, info) => {
				if (error) fail(error)
				else resolve({ kind: 'accepted', reply: info?.response ?? '' })
			})
		})

	/** A transaction that was refused halfway must be given up before the next (RFC 5321 §4.1.1.5). */
	const clear = (): Promise<void> =>
		new Promise((resolve) => {
			lose = () => resolve()
			connection.reset((error) => {
				if (error) connection.close()
				resolve()
			})
		})

	return {
		send: async ({ envelope, raw }) => {
			if (!offersSmtpUtf8 && beyondAscii.test(envelope.to)) return takesNoUtf8
			const message = new WholeMessage(toWire(raw), () => connection._socket || undefined)
			const outcome = await transact(message, envelope)
			if (outcome.kind !== 'accepted' && open) await clear()
			lose = undefined
			return outcome
		},
		isOpen: () => open,
		quit: () => {
			connection.quit()
			setTimeout(() => connection.close(), 2_000).unref()
		},
		abort: () => connection.close(),
	}
}

/** What a report has to bring back (RFC 3461 §4, mail-rules S4). A local part beyond ASCII has another form there (RFC 6533 §3). */
function dsnOf(envelopeId: string, to: string): SMTPEnvelopeDsn {
	return {
		ret: 'HDRS',
		envid: envelopeId,
		notify: ['FAILURE', 'DELAY'],
		...(!beyondAscii.test(to) && { orcpt: `rfc822;${to}` }),
	}
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range
const beyondAscii = /[^\u0000-\u007f]/

// RFC 6531 §3.2: not transliterated, not tried
const takesNoUtf8: SendOutcome = {
	kind: 'refused',
	permanence: 'permanent',
	scope: 'recipient',
	reply: ownReason('no_smtputf8'),
}

function readError(error: SmtpError, dotSent: boolean, command: string | undefined): SendOutcome {
	// a message above the SIZE that the relay announced is refused by Nodemailer (RFC 1870 §6.1); all others would be too
	const [, mostBytes] = /^Message size larger than allowed (\d+)/.exec(error.message) ?? []
	if (mostBytes !== undefined) {
		const reply = ownReason('too_large', mostBytes)
		return { kind: 'refused', permanence: 'permanent', scope: 'relay', reply }
	}
	const { response, message } = error
	return readTrouble({ dotSent, command: error.command ?? command, response, message })
}
