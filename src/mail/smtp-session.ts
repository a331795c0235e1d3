import type { Socket } from 'node:net'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SendOutcome } from '../kernel/mail.ts'
import { ownReason } from '../kernel/own-reason.ts'
import type { WireFormer } from './create-wire-former.ts'
import { readTrouble } from './read-trouble.ts'
import type { ChunkingTrial } from './smtp/chunking-trial.ts'
import { type Extensions, type Manner, readExtensions } from './smtp/extensions.ts'
import { PipelinedSession } from './smtp/pipelined-session.ts'
import type { SmtpSettings } from './smtp-settings.ts'

export type OpenedSession =
	| { ok: true; session: PipelinedSession; offered: Extensions }
	| { ok: false; outcome: SendOutcome }

export type SessionManners = {
	toWire: WireFormer
	/** How the relay is to be spoken to, given what it offers. */
	mannerFor(offered: Extensions): Manner
	chunking: ChunkingTrial
	onOutOfStep(what: string): void
	mostMessages?: number
	onCut(after: number): void
	onEnd(): void
}

/** What Nodemailer's errors tell. */
type SmtpError = Error & { command?: string; response?: string }

/** A connection as Nodemailer hands it over, or why there is none. */
export type Connected =
	| { ok: true; socket: Socket; offered: Extensions }
	| { ok: false; outcome: SendOutcome }

/** A session on a new connection, or why there is none. */
export async function openSession(settings: SmtpSettings, manners: SessionManners): Promise<OpenedSession> {
	const connected = await connectToRelay(settings)
	if (!connected.ok) return connected
	const { socket, offered } = connected
	const manner = manners.mannerFor(offered)
	return { ok: true, session: new PipelinedSession({ ...manners, socket, offered, manner }), offered }
}

/**
 * Connects, upgrades to TLS as the settings demand, and signs in, all by Nodemailer; from there on the connection is
 * ours. A relay that can't be had is an outcome, not an error.
 */
export async function connectToRelay(settings: SmtpSettings): Promise<Connected> {
	const connection = new SMTPConnection(settings.connection)
	try {
		await connect(connection)
		if (settings.credentials) await signIn(connection, settings.credentials)
		const { socket, lines } = takeOver(connection)
		return { ok: true, socket, offered: readExtensions(lines) }
	} catch (error) {
		connection.close()
		return { ok: false, outcome: readError(error as SmtpError) }
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

/** What Nodemailer's connection keeps to itself, in the version that package.json names. */
type Inside = {
	_ehloLines?: string[]
	_remainder: string
	_responseQueue: string[]
	_onSocketData(chunk: Buffer): void
	_onSocketTimeout(): void
	_onSocketClose(): void
	_onSocketEnd(): void
	_onSocketError(error: Error): void
}

/** The socket without Nodemailer's listeners, and what EHLO offered. Throws where the relay has said more than it was asked. */
function takeOver(connection: SMTPConnection): { socket: Socket; lines: string[] } {
	const inside = connection as unknown as Inside
	const socket = connection._socket
	if (!socket) throw new Error('the relay closed the connection')
	const unasked = [...inside._responseQueue, inside._remainder].join(' ').trim()
	if (unasked) throw Object.assign(new Error(unasked), { response: unasked })
	socket.off('data', inside._onSocketData)
	socket.off('timeout', inside._onSocketTimeout)
	socket.off('close', inside._onSocketClose)
	socket.off('end', inside._onSocketEnd)
	socket.off('error', inside._onSocketError)
	return { socket, lines: inside._ehloLines ?? [] }
}

function readError({ command, response, message }: SmtpError): SendOutcome {
	return readTrouble({ dotSent: false, command: command ?? 'CONN', response, message })
}
