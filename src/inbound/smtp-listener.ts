import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { InboundListener, InboundReceiver } from '../kernel/inbound.ts'
import { keptBytesOfMail } from '../kernel/kept-of-mail.ts'
import type { Log } from '../kernel/log.ts'
import { networkOf } from '../kernel/networks-of.ts'
import { countConnections } from './count-connections.ts'
import { createDayAllowance, type DayAllowance } from './day-allowance.ts'

export type ListenerOptions = {
	host: string
	/** 0: one that is free. */
	port: number
	/** What the server calls itself. */
	name: string
	/** For STARTTLS, in PEM; without it mail comes in clear. */
	tls: { key: string; cert: string } | undefined
	/** The largest mail taken. */
	maxBytes: number
	/** Connections that one host, or one /64 of IPv6, may have at once; 20 where nothing is said. */
	perHost?: number
	/** What such a host may bring in a day, and all together; 200 MB and 1 GB where nothing is said. */
	bytesPerHostAndDay?: number
	bytesPerDay?: number
}

const maxRecipients = 20
const maxClients = 200
const quietMs = 60_000
const idleMs = 60_000
const closeWithinMs = 3_000

/**
 * Takes mail over SMTP for `receiver` and answers 250 for a mail once it is stored, 451 where it can't be now: then its
 * sender tries again. Rejects where the port can't be had.
 */
export async function startSmtpListener(
	receiver: InboundReceiver,
	log: Log,
	options: ListenerOptions,
): Promise<InboundListener> {
	const { tls, perHost = 20, bytesPerHostAndDay = 200_000_000, bytesPerDay = 1_000_000_000 } = options
	const allowance = createDayAllowance({ perNetwork: bytesPerHostAndDay, inAll: bytesPerDay })
	const warn = quietly(log)
	const server = new SMTPServer({
		...tls,
		name: options.name,
		banner: 'Envoi takes returned mail',
		size: options.maxBytes,
		disabledCommands: tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
		authOptional: true,
		hideENHANCEDSTATUSCODES: true,
		disableReverseLookup: true,
		logger: false,
		maxClients,
		socketTimeout: idleMs,
		closeTimeout: closeWithinMs,
		onConnect: ({ remoteAddress }, answer) => {
			if (connectionsOf(remoteAddress) <= perHost) answer()
			else answer(refusal(421, '4.7.0 Too many connections from your network'))
		},
		onMailFrom: (_sender, session, answer) => {
			admit(receiver, allowance, session).then(answer, (error) => answer(postponed(log, error)))
		},
		onRcptTo: ({ address }, session, answer) => {
			if (!receiver.accepts(address)) answer(refusal(550, '5.1.1 No such address'))
			else if (session.envelope.rcptTo.length >= maxRecipients)
				answer(refusal(452, '4.5.3 Too many recipients'))
			else answer()
		},
		onData: (stream, session, answer) => {
			take({ receiver, allowance, log: warn }, stream, session, options.maxBytes).then(
				() => answer(null, '2.6.0 Stored'),
				(error) => answer(isRefusal(error) ? error : postponed(log, error)),
			)
		},
	})
	const connectionsOf = countConnections(server.server)
	// what clients do wrong is theirs; a listener that nobody heeds would end the process
	server.on('error', (error) => warn({ err: error }, 'the inbound listener reports an error'))
	await new Promise<void>((resolve, reject) => {
		server.server.once('error', reject)
		server.listen(options.port, options.host, () => resolve())
	})
	const { port } = server.server.address() as AddressInfo
	log.info({ host: options.host, port, tls: tls !== undefined }, 'returned mail is taken')
	return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

type Warn = Log['warn']

/** At most a line of a kind in a minute: strangers must not fill the log. */
function quietly(log: Log): Warn {
	const saidAt = new Map<string, number>()
	return (fields, message) => {
		const now = performance.now()
		if (now - (saidAt.get(message) ?? Number.NEGATIVE_INFINITY) < quietMs) return
		saidAt.set(message, now)
		log.warn(fields, message)
	}
}

async function admit(
	receiver: InboundReceiver,
	allowance: DayAllowance,
	{ remoteAddress }: SMTPServerSession,
): Promise<Error | undefined> {
	const network = networkOf(remoteAddress)
	if (allowance.take(network, 0) !== 'ok') return tooMuchForToday()
	const admission = await receiver.admit(network)
	if (admission.ok) return undefined
	return refusal(
		451,
		`4.7.1 Too much mail at once, come again in ${Math.ceil(admission.retryAfterSeconds)} seconds`,
	)
}

async function take(
	{ receiver, allowance, log }: { receiver: InboundReceiver; allowance: DayAllowance; log: Warn },
	stream: SMTPServerDataStream,
	{ envelope, remoteAddress }: SMTPServerSession,
	maxBytes: number,
): Promise<void> {
	const { kept, length } = await readBeginning(stream)
	const allowed = allowance.take(networkOf(remoteAddress), length)
	if (length > maxBytes) throw refusal(552, '5.3.4 Too large')
	if (allowed !== 'ok') {
		log({ of: allowed }, 'more returned mail has come than is taken in a day; its senders will try again')
		throw tooMuchForToday()
	}
	const answer = await receiver.receive({
		sender: envelope.mailFrom ? envelope.mailFrom.address : '',
		recipients: [...new Set(envelope.rcptTo.map(({ address }) => address))],
		raw: kept,
		remoteAddress,
	})
	if (!answer.ok) throw tooMuchForToday()
}

/** The beginning of a mail, and how long all of it is: no more is held, whatever comes and however slowly. */
async function readBeginning(stream: SMTPServerDataStream): Promise<{ kept: Buffer; length: number }> {
	const kept = Buffer.allocUnsafe(keptBytesOfMail)
	let length = 0
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		if (length < kept.length) chunk.copy(kept, length)
		length += chunk.length
	}
	return { kept: Buffer.from(kept.subarray(0, Math.min(length, kept.length))), length }
}

function tooMuchForToday(): Refusal {
	return refusal(452, '4.3.1 Too much mail for today, come again tomorrow')
}

type Refusal = Error & { responseCode: number }

function refusal(responseCode: number, message: string): Refusal {
	return Object.assign(new Error(message), { responseCode })
}

function isRefusal(error: unknown): error is Refusal {
	return typeof (error as Partial<Refusal>).responseCode === 'number'
}

function postponed(log: Log, error: unknown): Refusal {
	log.warn({ err: error }, 'returned mail could not be stored; its sender will try again')
	return refusal(451, '4.3.0 Not now, try again')
}
