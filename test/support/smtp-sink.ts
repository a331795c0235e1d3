import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { testCertificate } from './test-certificate.ts'

/** What a client waits for an answer to; `message` is the end of the data, the final dot. */
export type SinkStage = 'connect' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'message'

/** Where a session stands when the script is asked. */
export type SinkMoment = {
	/** Counts connections from 1. */
	connection: number
	/** Messages that this connection has brought. */
	brought: number
	from: string
	to: string
	/** How often this recipient has been named, this time included. */
	tries: number
	raw: string
}

/**
 * A reply in full, or what to do instead: `drop` closes the connection without a word, `keep and drop` does so having
 * kept the message, `hang` never answers. What is `cut` is written without its line end before the connection closes.
 */
export type SinkAnswer =
	| string
	| 'drop'
	| 'keep and drop'
	| 'hang'
	| { afterMs: number; answer: string }
	| { cut: string }

export type SinkScript = (stage: SinkStage, moment: SinkMoment) => SinkAnswer | undefined

export type SunkMessage = { from: string; to: string; raw: string; secure: boolean }

export type SinkOptions = {
	/** What is answered instead of the usual; undefined leaves the usual. */
	script?: SinkScript
	/** What EHLO offers besides PIPELINING and 8BITMIME; CHUNKING (BDAT) is understood in any case. */
	extensions?: readonly string[]
	/** Without it one command at a time is what is offered. */
	pipelining?: boolean
	/** Only counts, for benchmarks. */
	forget?: boolean
	port?: number
	/** Where it listens; this machine alone where nothing is said. */
	host?: string
}

export type SmtpSink = {
	port: number
	/** Without TLS, as a relay on the same machine. */
	url: string
	/** What was accepted, in its order; a message that was kept before a drop too. */
	messages: SunkMessage[]
	accepted: number
	/** Connections so far. */
	connections: number
	/** Every line that clients sent in clear, without the messages. */
	heard: string[]
	script: SinkScript
	/** Resolves once that many messages have been accepted. */
	untilAccepted(count: number): Promise<void>
	to(recipient: string): SunkMessage[]
	/** Forgets what came in and how often recipients were named, and answers as usual again. */
	reset(): void
	close(): Promise<void>
}

/** Starts an SMTP server that remembers everything it is sent and answers as its script says. */
export async function startSmtpSink(options: SinkOptions = {}): Promise<SmtpSink> {
	const sockets = new Set<Socket>()
	const waiting: Array<{ count: number; resolve: () => void }> = []
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket)
		socket.once('close', () => sockets.delete(socket))
		sink.connections += 1
		new SinkSession(socket, sink.connections, shared)
	})

	const sink: SmtpSink = {
		port: await listen(server, options.port ?? 0, options.host),
		get url() {
			return `smtp://127.0.0.1:${sink.port}?tls=never`
		},
		messages: [],
		accepted: 0,
		connections: 0,
		heard: [],
		script: options.script ?? (() => undefined),
		untilAccepted: (count) =>
			new Promise((resolve) => {
				if (sink.accepted >= count) resolve()
				else waiting.push({ count, resolve })
			}),
		reset: () => {
			sink.messages.length = 0
			sink.heard.length = 0
			shared.tries.clear()
			sink.script = () => undefined
		},
		to: (recipient) => sink.messages.filter(({ to }) => to === recipient),
		close: () =>
			new Promise((resolve) => {
				for (const socket of sockets) socket.destroy()
				server.close(() => resolve())
			}),
	}

	function keep(message: SunkMessage): void {
		sink.accepted += 1
		if (!options.forget) sink.messages.push(message)
		for (const waiter of waiting.filter(({ count }) => sink.accepted >= count)) {
			waiting.splice(waiting.indexOf(waiter), 1)
			waiter.resolve()
		}
	}

	const shared: SharedByAll = {
		tries: new Map(),
		script: (stage, moment) => sink.script(stage, moment),
		hear: (line) => options.forget || sink.heard.push(line),
		keep,
		extensions: [
			...(options.pipelining === false ? [] : ['PIPELINING']),
			'8BITMIME',
			...(options.extensions ?? []),
		],
		forget: options.forget ?? false,
	}
	return sink
}

type SharedByAll = {
	tries: Map<string, number>
	script: SinkScript
	hear(line: string): void
	keep(message: SunkMessage): void
	extensions: readonly string[]
	forget: boolean
}

type Chunk = { left: number; isLast: boolean; parts: Buffer[] }

/** One connection: commands are answered in their order, whatever time each takes. */
class SinkSession {
	readonly #shared: SharedByAll
	readonly #moment: SinkMoment
	#socket: Socket
	/** What has come of a line, or of the size of a chunk. */
	#held: Buffer = Buffer.alloc(0)
	#data: Buffer[] | undefined
	/** How much of a chunk is still to come (RFC 3030 §2). */
	#chunk: Chunk | undefined
	#turn: Promise<void> = Promise.resolve()
	#hasSender = false
	#hasRecipient = false
	#hangs = false

	constructor(socket: Socket, connection: number, shared: SharedByAll) {
		this.#shared = shared
		this.#moment = { connection, brought: 0, from: '', to: '', tries: 0, raw: '' }
		this.#socket = socket
		this.#listen()
		this.#inTurn(() => this.#answer('connect', '220 sink.test ESMTP'))
	}

	#listen(): void {
		this.#socket.on('error', () => {})
		this.#socket.on('data', (bytes: Buffer) => this.#take(bytes))
	}

	#inTurn(work: () => Promise<unknown>): void {
		this.#turn = this.#turn.then(async () => {
			if (!this.#hangs && !this.#socket.destroyed) await work()
		})
	}

	#take(bytes: Buffer): void {
		let rest = bytes
		while (rest.length > 0) {
			if (this.#data) rest = this.#takeData(this.#data, rest)
			else if (this.#chunk) rest = this.#takeChunk(this.#chunk, rest)
			else {
				const end = rest.indexOf('\n')
				if (end < 0) {
					this.#held = Buffer.concat([this.#held, rest])
					return
				}
				const line = Buffer.concat([this.#held, rest.subarray(0, end)])
					.toString()
					.replace(/\r$/, '')
				this.#held = Buffer.alloc(0)
				rest = rest.subarray(end + 1)
				this.#takeLine(line)
			}
		}
	}

	#takeLine(line: string): void {
		const [, size, last] = /^BDAT (\d+)( LAST)?$/i.exec(line) ?? []
		if (size === undefined) {
			this.#inTurn(() => this.#hear(line))
			return
		}
		this.#chunk = { left: Number(size), isLast: last !== undefined, parts: [] }
		if (!this.#isSecure()) this.#shared.hear(line)
	}

	/** Gives what comes behind the final dot. */
	#takeData(data: Buffer[], rest: Buffer): Buffer {
		const before = Buffer.concat(data.slice(-4)).subarray(-4)
		const edge = Buffer.concat([data.length === 0 ? Buffer.from('\r\n') : before, rest.subarray(0, 4)])
		const held = data.length === 0 ? 2 : before.length
		const atEdge = edge.indexOf(finalDot)
		const found = atEdge >= 0 ? atEdge - held : rest.indexOf(finalDot)
		if (found < 0 && atEdge < 0) {
			data.push(rest)
			return Buffer.alloc(0)
		}
		const end = found + finalDot.length
		data.push(rest.subarray(0, end))
		this.#data = undefined
		const whole = this.#shared.forget ? Buffer.alloc(0) : Buffer.concat(data)
		this.#inTurn(() =>
			this.#endMessage(
				whole
					.toString()
					.slice(0, -3)
					.replace(/^\.|(?<=\r\n)\./g, ''),
			),
		)
		return rest.subarray(end)
	}

	/** Gives what comes behind the chunk. */
	#takeChunk(chunk: Chunk, rest: Buffer): Buffer {
		const part = rest.subarray(0, chunk.left)
		if (!this.#shared.forget) chunk.parts.push(part)
		chunk.left -= part.length
		if (chunk.left > 0) return Buffer.alloc(0)
		this.#chunk = undefined
		this.#inTurn(async () => {
			if (!this.#hasRecipient) this.#write('554 5.5.1 no valid recipients')
			else if (chunk.isLast) await this.#endMessage(Buffer.concat(chunk.parts).toString())
			else this.#write('250 2.0.0 Ok')
		})
		return rest.subarray(part.length)
	}

	async #hear(line: string): Promise<void> {
		if (!this.#isSecure()) this.#shared.hear(line)
		const moment = this.#moment
		switch (line.slice(0, 4).toUpperCase()) {
			case 'EHLO':
				await this.#answer('ehlo', this.#greeting())
				return
			case 'STAR':
				if (await this.#answer('starttls', '220 2.0.0 Ready')) this.#upgrade()
				return
			case 'AUTH':
				await this.#answer('auth', '535 5.7.8 not known here')
				return
			case 'MAIL':
				if (this.#hasSender) {
					this.#write('503 5.5.1 nested MAIL command')
					return
				}
				moment.from = addressIn(line)
				moment.to = ''
				this.#hasSender = await this.#answer('mail', '250 2.1.0 Ok')
				return
			case 'RCPT':
				if (!this.#hasSender) {
					this.#write('503 5.5.1 need MAIL first')
					return
				}
				moment.to = addressIn(line)
				moment.tries = (this.#shared.tries.get(moment.to) ?? 0) + 1
				this.#shared.tries.set(moment.to, moment.tries)
				this.#hasRecipient = await this.#answer('rcpt', '250 2.1.5 Ok')
				return
			case 'DATA':
				if (!this.#hasRecipient) this.#write('554 5.5.1 no valid recipients')
				else if (await this.#answer('data', '354 go ahead')) this.#data = []
				return
			case 'QUIT':
				this.#socket.end('221 2.0.0 Bye\r\n')
				return
			case 'RSET':
				this.#hasSender = false
				this.#hasRecipient = false
				this.#write('250 2.0.0 Ok')
				return
			default:
				this.#write('250 2.0.0 Ok')
		}
	}

	/** Says what the script says, or the usual. Gives whether it was a yes. */
	async #answer(stage: SinkStage, usual: string): Promise<boolean> {
		let answer = this.#shared.script(stage, this.#moment) ?? usual
		if (typeof answer === 'object' && 'cut' in answer) {
			this.#socket.end(answer.cut)
			return false
		}
		if (typeof answer === 'object') {
			const { afterMs } = answer
			answer = answer.answer
			await new Promise((resolve) => setTimeout(resolve, afterMs))
		}
		const yes = /^[23]/.test(answer)
		if (stage === 'message' && (yes || answer === 'keep and drop')) this.#keep()
		if (answer === 'hang') this.#hangs = true
		else if (answer === 'drop' || answer === 'keep and drop') this.#socket.destroy()
		else this.#write(answer)
		return yes
	}

	#write(reply: string): void {
		if (this.#socket.destroyed) return
		this.#socket.write(`${reply}\r\n`)
		if (reply.startsWith('421')) this.#socket.end()
	}

	#greeting(): string {
		const offered = this.#shared.extensions.filter((name) => name !== 'STARTTLS' || !this.#isSecure())
		return ['sink.test', ...offered]
			.map((name, index) => `250${index < offered.length ? '-' : ' '}${name}`)
			.join('\r\n')
	}

	#upgrade(): void {
		this.#socket.removeAllListeners('data')
		this.#socket = new TLSSocket(this.#socket, { isServer: true, ...testCertificate })
		this.#listen()
	}

	#isSecure(): boolean {
		return this.#socket instanceof TLSSocket
	}

	async #endMessage(raw: string): Promise<void> {
		this.#moment.raw = raw
		this.#moment.brought += 1
		await this.#answer('message', '250 2.0.0 Ok: queued')
		this.#hasSender = false
		this.#hasRecipient = false
	}

	#keep(): void {
		const { from, to, raw } = this.#moment
		this.#shared.keep({ from, to, raw, secure: this.#isSecure() })
	}
}

const finalDot = Buffer.from('\r\n.\r\n')

function addressIn(line: string): string {
	return /<(.*?)>/.exec(line)?.[1] ?? ''
}

function listen(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
	return new Promise((resolve) => {
		server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
	})
}
