/** Where a mailbox is and how it is opened, as ImapFlow takes it. */
export type ImapServer = {
	host: string
	port: number
	secure: boolean
	/** Whether the connection must be (true), must not be (false) or may be upgraded by STARTTLS. */
	doSTARTTLS: boolean | undefined
	auth: { user: string; pass: string }
}

/**
 * Reads `imaps://user:password@host` or `imap://…?tls=required|opportunistic|never`. Without a word a connection in
 * clear must be upgraded before anything is said.
 */
export function readImapUrl(text: string): ImapServer {
	const url = new URL(text)
	const secure = url.protocol === 'imaps:'
	const tls = url.searchParams.get('tls') ?? 'required'
	return {
		host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
		port: Number(url.port) || (secure ? 993 : 143),
		secure,
		doSTARTTLS: secure || tls === 'opportunistic' ? undefined : tls !== 'never',
		auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
	}
}
