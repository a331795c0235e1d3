import { setTimeout as wait } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import type { MailboxReceiver, MailboxWatcher } from '../kernel/inbound.ts'
import { keptBytesOfMail } from '../kernel/kept-of-mail.ts'
import type { Log } from '../kernel/log.ts'
import { readImapUrl } from './imap-url.ts'
import { createMailboxHealth } from './mailbox-health.ts'
import { createWakeSignal } from './wake-signal.ts'

export type MailboxOptions = {
	/** `imaps://user:password@host`, or `imap://…` where the server must offer STARTTLS. */
	url: string
	/** What is read. */
	folder: string
	/** Where reports go that have been read, and where all other mail goes. They are made where they are missing. */
	readFolder: string
	otherFolder: string
	/** How often to look, besides whenever the server says that something came. */
	pollSeconds: number
	/** Larger mail is no report: it is put with the other mail, unread. */
	maxBytes: number
	/** The first wait after a failure; it doubles, up to five minutes. */
	retryMs?: number
	/** Staff is alerted to trouble that goes on for so long. */
	alertAfterMs?: number
	/** A session that lasted so long has ended the trouble. */
	stableAfterMs?: number
}

/** Of quiet, before the server is asked to speak up by itself (IDLE). */
const idleAfterMs = 500

/**
 * Reads a mailbox for as long as it isn't closed, mail by mail: hands it over, and moves it away once nothing of it can
 * be lost. Broken off in between, the same mail comes again, which its receiver knows. Where the server can't be had,
 * it is tried again and again, with waits that grow.
 */
export function watchMailbox(receiver: MailboxReceiver, log: Log, options: MailboxOptions): MailboxWatcher {
	const news = createWakeSignal()
	const waiting = new Set<() => void>()
	const closing = new AbortController()
	const { retryMs = 1_000, alertAfterMs, stableAfterMs } = options
	const health = createMailboxHealth(receiver, log, {
		retryMs,
		...(alertAfterMs !== undefined && { alertAfterMs }),
		...(stableAfterMs !== undefined && { stableAfterMs }),
	})
	let open: ImapFlow | undefined
	let closed = false

	async function run(): Promise<void> {
		while (!closed) {
			try {
				await watch(health.succeeded)
			} catch (error) {
				// not by the signal: a lost connection gives it too, and must not cut this wait short
				if (!closed) await wait(health.failed(error), undefined, { signal: closing.signal }).catch(() => {})
			}
		}
	}

	async function watch(onRead: () => number): Promise<void> {
		const client = new ImapFlow({
			...readImapUrl(options.url),
			logger: false,
			autoIdleDelay: idleAfterMs,
			maxIdleTime: Math.min(options.pollSeconds, 240) * 1_000,
		})
		let lost: unknown
		client.on('error', (error) => {
			lost = error
		})
		client.on('exists', () => news.notify())
		client.on('close', () => {
			lost ??= new Error('the server closed the connection')
			news.notify()
		})
		open = client
		try {
			await client.connect()
			await client.mailboxOpen(options.folder)
			while (!closed && lost === undefined) {
				const settled = [...waiting]
				await readAll(client, receiver, log, options)
				const againMs = onRead()
				for (const settle of settled) settle()
				if (waiting.size === 0) await news.wait(Math.min(options.pollSeconds * 1_000, againMs))
			}
			if (!closed) throw lost
		} finally {
			open = undefined
			if (lost === undefined) await client.logout().catch(() => client.close())
			else client.close()
		}
	}

	const ended = run()
	log.info({ folder: options.folder }, 'returned mail is collected from a mailbox')
	return {
		settled: () =>
			new Promise((resolve) => {
				const settle = () => {
					waiting.delete(settle)
					resolve()
				}
				waiting.add(settle)
				news.notify()
			}),
		close: async () => {
			closed = true
			closing.abort()
			news.notify()
			open?.close()
			await ended
		},
	}
}

/** Reads what is in the folder now. Rejects where the server or the receiver fails; what was moved stays so. */
async function readAll(
	client: ImapFlow,
	receiver: MailboxReceiver,
	log: Log,
	options: MailboxOptions,
): Promise<void> {
	const found = await client.search({ deleted: false }, { uid: true })
	if (!found) throw new Error('the server does not say what is in the folder')
	const failures: unknown[] = []
	for (const uid of found) {
		try {
			const kind = await readOne(client, receiver, uid, options.maxBytes)
			if (kind === 'gone') continue
			await move(client, uid, kind === 'report' ? options.readFolder : options.otherFolder)
			log.info({ uid, kind }, 'a mail was collected')
		} catch (error) {
			// one mail that can't be taken must not keep the others from it; with several there is more wrong
			failures.push(error)
			if (failures.length >= maxFailures || client.isClosed) break
		}
	}
	if (failures.length > 0) throw new AggregateError(failures, 'mail could not be collected')
}

const maxFailures = 3

async function readOne(
	client: ImapFlow,
	receiver: MailboxReceiver,
	uid: number,
	maxBytes: number,
): Promise<'report' | 'other' | 'gone'> {
	const beginning = { start: 0, maxLength: keptBytesOfMail }
	const message = await client.fetchOne(String(uid), { size: true, source: beginning }, { uid: true })
	if (!message) return 'gone'
	if ((message.size ?? 0) > maxBytes) return 'other'
	return message.source ? receiver.receive(message.source) : 'gone'
}

/** A folder that is missing is made: servers refuse to move into it. */
async function move(client: ImapFlow, uid: number, folder: string): Promise<void> {
	if (await client.messageMove(String(uid), folder, { uid: true })) return
	await client.mailboxCreate(folder)
	if (await client.messageMove(String(uid), folder, { uid: true })) return
	throw new Error('the server does not move mail away')
}
