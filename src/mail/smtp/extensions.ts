/** What a relay offers after STARTTLS, as far as it changes how it is spoken to. */
export type Extensions = {
	/** RFC 2920 */
	pipelining: boolean
	/** RFC 3030 */
	chunking: boolean
	binaryMime: boolean
	/** RFC 6152 */
	eightBitMime: boolean
	/** RFC 6531 */
	smtpUtf8: boolean
	/** RFC 3461 */
	dsn: boolean
	/** RFC 2034 */
	enhancedStatusCodes: boolean
	/** The largest message that is taken, in bytes (RFC 1870); undefined where none is named. */
	maxBytes: number | undefined
	/** Whether MAIL may name the size. */
	size: boolean
}

/** Reads the lines of an EHLO reply without their codes; the first, the relay's name, is not among them. */
export function readExtensions(lines: readonly string[]): Extensions {
	const offered = new Map(
		lines.map((line) => {
			const [keyword = '', ...parameters] = line.trim().split(/[ \t]+/)
			return [keyword.toUpperCase(), parameters.join(' ')] as const
		}),
	)
	// RFC 1870 §3: 0 stands for no limit that is known
	const maxBytes = Number(/^\d+$/.exec(offered.get('SIZE') ?? '')?.[0] ?? 0)
	return {
		pipelining: offered.has('PIPELINING'),
		chunking: offered.has('CHUNKING'),
		binaryMime: offered.has('BINARYMIME') && offered.has('CHUNKING'),
		eightBitMime: offered.has('8BITMIME'),
		smtpUtf8: offered.has('SMTPUTF8'),
		dsn: offered.has('DSN'),
		enhancedStatusCodes: offered.has('ENHANCEDSTATUSCODES'),
		maxBytes: maxBytes > 0 ? maxBytes : undefined,
		size: offered.has('SIZE'),
	}
}

/** How a relay is spoken to. */
export type Manner = {
	/** The commands of a message go in one group, together with the end of the message before (RFC 2920 §3.1). */
	pipelined: boolean
	/** The message may go with BDAT, which waits for no reply before it (RFC 3030 §2). */
	chunked: boolean
}

/** What every relay understands. */
export const oneAtATime: Manner = { pipelined: false, chunked: false }

export function mannerFor({ pipelining, chunking }: Extensions): Manner {
	return { pipelined: pipelining, chunked: chunking }
}

/** How many messages may be under way at once on one connection. */
export function depthOf({ pipelined }: Manner): number {
	return pipelined ? 2 : 1
}
