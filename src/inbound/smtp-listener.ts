import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { InboundListener, InboundReceiver } from '../kernel/inbound.ts'
import type { Log } from '../kernel/log.ts'

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
}

const maxRecipients = 20
const maxClients = 200
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
	const { tls } = options
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
		onMailFrom: (_sender, session, answer) => {
			admit(receiver, session).then(answer, (error) => answer(postponed(log, error)))
		},
		onRcptTo: ({ address }, session, answer) => {
			if (!receiver.accepts(address)) answer(refusal(550, '5.1.1 No such address'))
			else if (session.envelope.rcptTo.length >= maxRecipients)
				answer(refusal(452, '4.5.3 Too many recipients'))
			else answer()
		},
		onData: (stream, session, answer) => {
			take(receiver, stream, session, options.maxBytes).then(
				() => answer(null, '2.6.0 Stored'),
				(error) => answer(isRefusal(error) ? error : postponed(log, error)),
			)
		},
	})
	// what clients do wrong is theirs; a listener that nobody heeds would end the process
	server.on('error', (error) => log.warn({ err: error }, 'the inbound listener reports an error'))
	await new Promise<void>((resolve, reject) => {
		server.server.once('error', reject)
		server.listen(options.port, options.host, () => resolve())
	})
	const { port } = server.server.address() as AddressInfo
	log.info({ host: options.host, port, tls: tls !== undefined }, 'returned mail is taken')
	return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function admit(
	receiver: InboundReceiver,
	{ remoteAddress }: SMTPServerSession,
): Promise<Error | undefined> {
	const admission = await receiver.admit(remoteAddress)
	if (admission.ok) return undefined
	return refusal(
		451,
		`4.7.1 Too much mail at once, come again in ${Math.ceil(admission.retryAfterSeconds)} seconds`,
	)
}

async function take(
	receiver: InboundReceiver,
	stream: SMTPServerDataStream,
	{ envelope, remoteAddress }: SMTPServerSession,
	maxBytes: number,
): Promise<void> {
	const raw = await readAll(stream, maxBytes)
	if (!raw) throw refusal(552, '5.3.4 Too large')
	await receiver.receive({
		sender: envelope.mailFrom ? envelope.mailFrom.address : '',
		recipients: [...new Set(envelope.rcptTo.map(({ address }) => address))],
		raw,
		remoteAddress,
	})
}

/** The whole mail; undefined where it is too large, and then little of it was held. */
async function readAll(stream: SMTPServerDataStream, maxBytes: number): Promise<Buffer | undefined> {
	let chunks: Buffer[] = []
	let length = 0
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		length += chunk.length
		if (length <= maxBytes) chunks.push(chunk)
		else chunks = []
	}
	return length <= maxBytes ? Buffer.concat(chunks, length) : undefined
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
