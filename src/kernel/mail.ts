import type { Locale } from './messages.ts'

/**
 * A message (RFC 5322, CRLF): a text, or a header and a body in pieces, of which nothing is copied until it is on its
 * way. `wholeMessage` puts them together.
 */
export type RawMessage = string | PiecedMessage

/** `header` ends with its empty line. The body is ASCII, and no line break is split between two pieces of it. */
export type PiecedMessage = { header: string; body: readonly MessagePiece[] }

/** A Buffer is shared by many messages, a string is one recipient's own. */
export type MessagePiece = Buffer | string

export function wholeMessage(raw: RawMessage): string {
	if (typeof raw === 'string') return raw
	return raw.header + raw.body.map((piece) => piece.toString('latin1')).join('')
}

/** A message as it is handed to a relay, with its SMTP envelope. */
export type ReadyMessage = {
	envelope: {
		from: string
		to: string
		/** What the relay gives back in its reports where it offers to (RFC 3461 §4.4): at most 100 visible characters. */
		envelopeId?: string | undefined
	}
	raw: RawMessage
	/** What it is counted as; a digest where nothing is said. */
	kind?: MessageKind
	/** It carries its signatures already, whichever relay it goes to. */
	signed?: true
}

export type MessageKind = 'digest' | 'notice'

/**
 * What became of one SMTP transaction. `in_doubt`: the connection was lost after the final dot and before
 * the reply (RFC 1047), so nobody can know. `not_sent`: the relay did not have all of it, so it may be repeated; `begun`,
 * where the connection was lost, or made no sense, in the middle of it.
 */
export type SendOutcome =
	| { kind: 'accepted'; reply: string }
	| {
			kind: 'refused'
			permanence: 'temporary' | 'permanent'
			scope: 'recipient' | 'relay'
			reply: string
			/** Where the refusal is about our account at the relay: it then costs no reader anything, whatever its code. */
			account?: AccountRefusal
	  }
	| { kind: 'not_sent'; reason: string; begun?: true }
	| { kind: 'in_doubt'; reason: string }

/**
 * What our account at a relay is refused for: so many messages a day (`quota`), the pace (`rate`), its standing (`account`),
 * the address or domain that we send as (`sender`), its password (`sign_in`).
 */
export const accountCauses = ['quota', 'rate', 'account', 'sender', 'sign_in'] as const

export type AccountCause = (typeof accountCauses)[number]

/** `waitSeconds`: when the relay, or what is usual, lets us go on; undefined where only the pace is too fast. */
export type AccountRefusal = { cause: AccountCause; waitSeconds: number | undefined }

/** Whether a refusal is about our account; `beforeRecipient` where it came before a recipient was named. */
export type ReadAccountRefusal = (
	reply: string,
	options: { beforeRecipient: boolean },
) => AccountRefusal | undefined

/** What sends mail: a relay over SMTP, several of them, or the mailbox of captured mail where none is set. */
export type Mailer = {
	/** Sends one message; never throws for what a relay or the network does. */
	send(message: ReadyMessage): Promise<SendOutcome>
	/**
	 * Does beforehand what takes time about a message, such as signing it; `send` takes what comes out as it is. Rejects
	 * where that fails.
	 */
	prepare?(message: ReadyMessage): Promise<ReadyMessage>
	/** How many connections there are at once, at most. */
	readonly connections: number
	/** How many of them each connection takes, as the relay is known so far; 1 where nothing is said. */
	readonly depth?: number
	/** The relays behind it, where there are several; a name is what a relay is known by, without its password. */
	readonly relays?: ReadonlyArray<{ name: string; weight: number; mailer: Mailer }>
	/** Resolves where the relay answers and would take mail from us; else rejects with the reason. */
	verify(): Promise<void>
	close(): Promise<void>
}

/**
 * Gives the DKIM-Signature fields of a finished message, each ending with CRLF, to be put in front of it (RFC 6376).
 * Nothing may be added or changed afterwards. Rejects where the message has no From.
 */
export type SignDkim = (raw: RawMessage) => Promise<string>

/** Header fields in their order. Values are Unicode text: encoding, folding and line breaks are the builder's task. */
export type HeaderFields = ReadonlyArray<readonly [name: string, value: string]>

/** What a message is made of. Addresses in `from`, `to` and `replyTo` are `{ name, address }`. */
export type MessageContent = {
	from: Mailbox
	to: Mailbox
	replyTo?: Mailbox
	subject: string
	date: Date
	messageId: string
	headers: HeaderFields
	html: string
	text: string
}

export type Mailbox = { name?: string; address: string }

/** Builds a whole message once (RFC 5322, multipart/alternative, text first). */
export type BuildMessage = (content: MessageContent) => Promise<string>

/**
 * What stands in `html`, `text` and header values where a recipient's own value goes. The nonce is random
 * (`randomToken()`), so that no story can hold a marker; all its characters survive HTML and quoted-printable as they are.
 */
export function slotMarker(nonce: string, slot: string): string {
	return `slot_${nonce}_${slot}_`
}

/** What all recipients of a rendition are sent alike. `html`, `text` and header values may hold slot markers. */
export type SharedContent = Omit<MessageContent, 'to' | 'date' | 'messageId'>

/**
 * A recipient's own value, plain text: it is escaped where it lands in HTML. A name that people typed is kept apart from what
 * stands around it, whatever direction its script has; a space is put before it.
 */
export type SlotValue = string | { name: string }

/** What only one recipient is sent. */
export type RecipientContent<Slot extends string = string> = {
	envelope: ReadyMessage['envelope']
	to: Mailbox
	date: Date
	messageId: string
	values: Readonly<Record<Slot, SlotValue>>
}

/** A message compiled once for many recipients: `fill` only puts pieces together, nothing is encoded anew. */
export type PreparedMessage<Slot extends string = string> = {
	fill(recipient: RecipientContent<Slot>): ReadyMessage & { raw: PiecedMessage }
}

/**
 * Parts of messages by what they hold: renditions of one digest have most stories in common, and are prepared with the same
 * blocks, so that each is in memory once.
 */
export type SharedBlocks = Map<string, Buffer>

/**
 * Compiles what all recipients share. `slots` are the names that markers with this nonce may have. Blocks that are in
 * `known` are taken from there, others are added; without it the message shares nothing.
 */
export type PrepareMessage = <Slot extends string>(
	content: SharedContent,
	nonce: string,
	slots: readonly Slot[],
	known?: SharedBlocks,
) => Promise<PreparedMessage<Slot>>

/** The mails there are (a folder each in `emails/`) and what each is filled with: `emails/catalog.ts`. */
export type RenderMail<Catalog extends Record<string, object> = Record<string, object>> = <
	Name extends keyof Catalog & string,
>(
	name: Name,
	locale: Locale,
	data: Catalog[Name],
) => Promise<RenderedMail>

export type RenderedMail = { subject: string; preheader: string; html: string; text: string }

/** A mail that was kept instead of sent, for the mailbox of a first run. */
export type CapturedMail = {
	/** Counts up from 1. */
	id: number
	capturedAt: Date
	envelope: ReadyMessage['envelope']
	/** The message as SMTP would have carried it. */
	raw: string
	/** Reads it; the second time costs nothing. */
	parse(): Promise<ParsedMail>
}

/** A message as mail programs show it. Addresses are as people read them. */
export type ParsedMail = {
	subject: string
	from: string
	to: string
	date: string
	/** Names in lower case, values unfolded and decoded, in the message's order. */
	headers: ReadonlyArray<{ name: string; value: string }>
	html: string
	text: string
}

/** The way out where no relay is set: whatever is sent stays here, the newest mails of it. */
export type CapturedMailer = Mailer & {
	/** Newest first. */
	list(): CapturedMail[]
	get(id: number): CapturedMail | undefined
	clear(): void
	/** Deletes what was kept for an address, by its comparable form. Gives how many. */
	forget(comparable: string): number
}
