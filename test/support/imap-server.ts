import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** A mail as the server keeps it. */
export type KeptMail = { uid: number; raw: string; deleted: boolean }

export type ImapServerOptions = {
	/** Of IDLE and MOVE; both where nothing is said. */
	extensions?: readonly ('IDLE' | 'MOVE')[]
	/** Asked before each command is done: `drop` closes the connection instead, `done and drop` after it; `no` refuses it. */
	script?: (command: string) => 'drop' | 'done and drop' | 'no' | undefined
	/** Where it listens; a free one where nothing is said. */
	port?: number
}

export type ImapServer = {
	url: string
	/** Folders by name. */
	folders: Map<string, KeptMail[]>
	/** Commands so far, without their tags and arguments. */
	heard: string[]
	connections: number
	/** Called once a client has connected. */
	onConnect: () => void
	script: NonNullable<ImapServerOptions['script']>
	/** Resolves once a command has come that many times. */
	untilHeard(command: string, times?: number): Promise<void>
	/** Puts a mail into INBOX and tells whoever is idle. */
	deliver(raw: string): void
	/** Drops all connections. */
	drop(): void
	close(): Promise<void>
}

/** A small IMAP server (RFC 9051, as much of it as reading and moving mail needs) with one account: user, secret. */
export async function startImapServer(options: ImapServerOptions = {}): Promise<ImapServer> {
	const sessions = new Set<ImapSession>()
	const listeners = new Set<() => void>()
	const extensions = options.extensions ?? ['IDLE', 'MOVE']
	let nextUid = 1
	const listener: Server = createServer((socket) => {
		server.connections += 1
		const session = new ImapSession(socket, { server, extensions, newUid: () => nextUid++, hear })
		sessions.add(session)
		socket.once('close', () => sessions.delete(session))
		server.onConnect()
	})
	const hear = (command: string) => {
		server.heard.push(command)
		for (const look of listeners) look()
	}
	await new Promise<void>((resolve) => listener.listen(options.port ?? 0, '127.0.0.1', resolve))
	const { port } = listener.address() as AddressInfo
	const server: ImapServer = {
		url: `imap://user:secret@127.0.0.1:${port}?tls=never`,
		folders: new Map([['INBOX', []]]),
		heard: [],
		connections: 0,
		onConnect: () => {},
		script: options.script ?? (() => undefined),
		untilHeard: (command, times = 1) =>
			new Promise((resolve) => {
				const look = () => {
					if (server.heard.filter((heard) => heard === command).length < times) return
					listeners.delete(look)
					resolve()
				}
				listeners.add(look)
				look()
			}),
		deliver: (raw) => {
			server.folders
				.get('INBOX')
				?.push({ uid: nextUid++, raw: raw.replace(/\r?\n/g, '\r\n'), deleted: false })
			for (const session of sessions) session.tellExists()
		},
		drop: () => {
			for (const session of sessions) session.drop()
		},
		close: () =>
			new Promise((resolve) => {
				for (const session of sessions) session.drop()
				listener.close(() => resolve())
			}),
	}
	return server
}

type SharedByAll = {
	server: ImapServer
	extensions: readonly string[]
	newUid(): number
	hear(command: string): void
}

class ImapSession {
	readonly #socket: Socket
	readonly #shared: SharedByAll
	#buffer = ''
	#folder = ''
	#idleTag: string | undefined
	#signingInTag: string | undefined

	constructor(socket: Socket, shared: SharedByAll) {
		this.#socket = socket
		this.#shared = shared
		socket.setEncoding('latin1')
		socket.on('error', () => {})
		socket.on('data', (chunk: string) => this.#take(chunk))
		this.#write(`* OK [CAPABILITY ${this.#capabilities()}] ready`)
	}

	drop(): void {
		this.#socket.destroy()
	}

	tellExists(): void {
		if (this.#idleTag) this.#write(`* ${this.#mails().length} EXISTS`)
	}

	#capabilities(): string {
		return ['IMAP4rev1', 'AUTH=PLAIN', ...this.#shared.extensions].join(' ')
	}

	#write(line: string): void {
		if (!this.#socket.destroyed) this.#socket.write(`${line}\r\n`, 'latin1')
	}

	#take(chunk: string): void {
		this.#buffer += chunk
		for (let end = this.#buffer.indexOf('\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n')) {
			const line = this.#buffer.slice(0, end)
			this.#buffer = this.#buffer.slice(end + 2)
			this.#hear(line)
		}
	}

	#hear(line: string): void {
		if (this.#signingInTag) {
			const isKnown = Buffer.from(line, 'base64').toString() === '\0user\0secret'
			this.#write(`${this.#signingInTag} ${isKnown ? 'OK done' : 'NO [AUTHENTICATIONFAILED] not known'}`)
			this.#signingInTag = undefined
			return
		}
		if (line === 'DONE') {
			this.#write(`${this.#idleTag} OK idle ended`)
			this.#idleTag = undefined
			return
		}
		const [, tag = '', command = '', args = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/.exec(line) ?? []
		const name = command.toUpperCase()
		this.#shared.hear(name)
		const wish = this.#shared.server.script(name)
		if (wish === 'no') {
			this.#write(`${tag} NO ${name} is refused here`)
			return
		}
		if (wish !== 'drop') {
			const answer = this.#do(tag, name, args)
			if (answer) this.#write(`${tag} ${answer}`)
		}
		if (wish) this.drop()
	}

	/** Gives the tagged answer, unless it comes later or never. */
	#do(tag: string, command: string, args: string): string | undefined {
		const [first = '', rest = ''] = splitArgument(args)
		switch (command) {
			case 'CAPABILITY':
				this.#write(`* CAPABILITY ${this.#capabilities()}`)
				break
			case 'AUTHENTICATE':
				this.#signingInTag = tag
				this.#write('+')
				return undefined
			case 'LIST':
				this.#write('* LIST (\\Noselect) "/" ""')
				break
			case 'SELECT':
				this.#folder = first
				this.#write(`* ${this.#mails().length} EXISTS`)
				this.#write('* OK [UIDVALIDITY 7] fine')
				this.#write('* OK [UIDNEXT 1000] fine')
				this.#write('* OK [PERMANENTFLAGS (\\Deleted \\Seen)] fine')
				return 'OK [READ-WRITE] selected'
			case 'UID SEARCH': {
				const found = this.#mails().filter(({ deleted }) => !deleted)
				this.#write(`* SEARCH${found.map(({ uid }) => ` ${uid}`).join('')}`)
				break
			}
			case 'UID FETCH':
				this.#fetch(Number(first), rest)
				break
			case 'UID COPY':
			case 'UID MOVE': {
				const target = this.#shared.server.folders.get(splitArgument(rest)[0])
				if (!target) return 'NO [TRYCREATE] no such folder'
				this.#copy(Number(first), target)
				if (command === 'UID MOVE') this.#remove(({ uid }) => uid === Number(first))
				break
			}
			case 'UID STORE':
				for (const mail of this.#mails()) if (mail.uid === Number(first)) mail.deleted = true
				break
			case 'EXPUNGE':
			case 'UID EXPUNGE':
				this.#remove(({ deleted }) => deleted)
				break
			case 'CREATE':
				this.#shared.server.folders.set(first, [])
				break
			case 'IDLE':
				if (!this.#shared.extensions.includes('IDLE')) return 'BAD not known'
				this.#idleTag = tag
				this.#write('+ idling')
				return undefined
			case 'LOGOUT':
				this.#write('* BYE')
				this.#socket.end(`${tag} OK bye\r\n`)
				return undefined
			case 'NOOP':
				if (this.#folder) this.#write(`* ${this.#mails().length} EXISTS`)
				break
			case 'LSUB':
			case 'SUBSCRIBE':
			case 'CLOSE':
				break
			default:
				return `BAD ${command} is not known here`
		}
		return 'OK done'
	}

	#mails(): KeptMail[] {
		return this.#shared.server.folders.get(this.#folder) ?? []
	}

	#fetch(uid: number, items: string): void {
		const at = this.#mails().findIndex((mail) => mail.uid === uid)
		const mail = this.#mails()[at]
		if (!mail) return
		const length = Buffer.byteLength(mail.raw, 'latin1')
		const parts = [`UID ${uid}`, `RFC822.SIZE ${length}`]
		// RFC 9051 §6.4.5.1: the answer names where a part begins, and not how long it was to be
		const asked = /BODY(?:\.PEEK)?\[\](?:<(\d+)\.(\d+)>)?/.exec(items)
		if (asked) {
			const [, start = '0', most = String(length)] = asked
			const raw = mail.raw.slice(Number(start), Number(start) + Number(most))
			const origin = asked[1] === undefined ? '' : `<${start}>`
			parts.push(`BODY[]${origin} {${raw.length}}\r\n${raw}`)
		}
		this.#write(`* ${at + 1} FETCH (${parts.join(' ')})`)
	}

	#copy(uid: number, target: KeptMail[]): void {
		for (const { raw } of this.#mails().filter((mail) => mail.uid === uid)) {
			target.push({ uid: this.#shared.newUid(), raw, deleted: false })
		}
	}

	#remove(goes: (mail: KeptMail) => boolean): void {
		const mails = this.#mails()
		for (let at = mails.length - 1; at >= 0; at--) {
			const mail = mails[at]
			if (!mail || !goes(mail)) continue
			mails.splice(at, 1)
			this.#write(`* ${at + 1} EXPUNGE`)
		}
	}
}

/** The first argument, an atom or a quoted string, and what follows it. */
function splitArgument(args: string): [first: string, rest: string] {
	const [whole = '', quoted, atom = ''] = /^(?:"([^"]*)"|(\S+)) ?/.exec(args) ?? []
	return [quoted ?? atom, args.slice(whole.length)]
}
