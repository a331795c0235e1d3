import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { App } from '../app.ts'
import { createInboundReceiver, createMailboxReceiver, type MailboxDeps } from '../bounces/index.ts'
import type { Config } from '../config.ts'
import { watchMailbox } from '../inbound/imap-mailbox.ts'
import { startSmtpListener } from '../inbound/smtp-listener.ts'
import { AppError } from '../kernel/app-error.ts'
import type { InboundListener, MailboxWatcher } from '../kernel/inbound.ts'
import { explainListening } from './listen-at.ts'

type Deps = MailboxDeps & Pick<App, 'config'>

/** What takes in returned mail, as the settings say: a listener, a mailbox or both. */
export type Inbound = {
	listener: InboundListener | undefined
	mailbox: MailboxWatcher | undefined
	close(): Promise<void>
}

/** Whether the settings name a way that returned mail comes in. */
export function hasInbound({ inbound, imap }: Pick<Config, 'inbound' | 'imap'>): boolean {
	return inbound !== undefined || imap !== undefined
}

/** Starts to take in returned mail. Throws an AppError where the settings name no way, or the port can't be had. */
export async function startInbound(deps: Deps): Promise<Inbound> {
	const { config, log } = deps
	if (!hasInbound(config)) throw new AppError('invalid', 'errors.roles.inbound_unset')
	const listener = config.inbound && (await listen(deps, config.inbound))
	const mailbox = config.imap && watchMailbox(createMailboxReceiver(deps), log, { ...config.imap, maxBytes })
	return {
		listener,
		mailbox,
		close: async () => {
			await Promise.all([listener?.close(), mailbox?.close()])
		},
	}
}

/** Larger mail in the mailbox is no report. */
const maxBytes = 25_000_000

async function listen(
	deps: Deps,
	{ tls, ...options }: NonNullable<Config['inbound']>,
): Promise<InboundListener> {
	const name = deps.config.bounceDomain ?? ''
	const pair = tls && (await readPair(tls))
	try {
		return await startSmtpListener(createInboundReceiver(deps), deps.log, { ...options, name, tls: pair })
	} catch (error) {
		const settings = { host: 'INBOUND_HOST', port: 'INBOUND_PORT' }
		throw explainListening(error, { host: options.host, port: options.port, settings })
	}
}

async function readPair({ keyFile, certFile }: { keyFile: string; certFile: string }) {
	try {
		const pair = { key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') }
		createSecureContext(pair)
		return pair
	} catch (error) {
		throw new AppError('invalid', 'errors.inbound.tls', { cause: error })
	}
}
