import type { LimiterAnswer } from './limiter.ts'

/** A mail that came in over SMTP, before it is answered for. */
export type InboundMail = {
	/** The envelope's sender; '' for the null sender of reports (RFC 5321 §4.5.5). */
	sender: string
	recipients: readonly string[]
	/** The beginning of the mail, as far as it is kept. */
	raw: Buffer
	remoteAddress: string
}

/** What the inbound listener asks of the business. */
export type InboundReceiver = {
	/** Whether mail to this address is taken at all: only what we have signed is. */
	accepts(recipient: string): boolean
	/** Takes one mail of a sending network, or says when it may come again. */
	admit(network: string): Promise<LimiterAnswer>
	/**
	 * Resolves once nothing of the mail can be lost any more, or with when it may come again; rejects where it could not
	 * be stored.
	 */
	receive(mail: InboundMail): Promise<LimiterAnswer>
}

/** A server that takes mail from outside. */
export type InboundListener = {
	/** Where it listens. */
	port: number
	/** Takes no more connections and ends those there are. */
	close(): Promise<void>
}

/** What the reader of a mailbox asks of the business. */
export type MailboxReceiver = {
	/**
	 * Resolves once nothing of the mail can be lost any more, with what it is: `report` of mail software, or `other` mail,
	 * of which nothing was kept. The same mail again is as welcome.
	 */
	receive(raw: Buffer): Promise<'report' | 'other'>
	/** Called while the mailbox can't be read, with how many tries have failed. */
	onFailing?(failures: number): Promise<void>
	/** Called once the mailbox can be read, again or for the first time. */
	onWorking?(): Promise<void>
}

/** A mailbox that is read as long as the process runs. */
export type MailboxWatcher = {
	/** Resolves once all that was there has been read; rejects where the mailbox can't be read. For tests and tools. */
	settled(): Promise<void>
	close(): Promise<void>
}
