/** A whole reply (RFC 5321 §4.2): its code, and its lines as they came, joined by `\n`. */
export type SmtpReply = { code: number; text: string }

export type ReplyReader = {
	/**
	 * Takes bytes as they come, split in any way, and gives the replies that they complete, in order. `broken` tells of
	 * what is no reply: the line itself, or `too long`. Nothing can be read after that.
	 */
	read(chunk: Buffer): { replies: SmtpReply[]; broken?: string }
	/** What has come of a reply that is not complete, without its line end. */
	rest(): string
}

/** RFC 5321 §4.5.3.1.5 allows 512 octets a line; relays write longer ones, none writes so much. */
const maxReplyBytes = 64 * 1024

export function createReplyReader(): ReplyReader {
	let held = ''
	let lines: string[] = []
	let bytes = 0

	return {
		read: (chunk) => {
			const replies: SmtpReply[] = []
			held += chunk.toString('latin1')
			let from = 0
			for (let end = held.indexOf('\n'); end >= 0; end = held.indexOf('\n', from)) {
				const line = held.slice(from, held[end - 1] === '\r' && end > from ? end - 1 : end)
				from = end + 1
				// some relays put an empty line between two replies
				if (line.trim() === '' && lines.length === 0) continue
				bytes += line.length
				const [, code, mark] = /^(\d{3})(?:([ -])|$)/.exec(line) ?? []
				if (code === undefined || !hasSameCode(lines, code)) return { replies, broken: decode(line) }
				if (bytes > maxReplyBytes) return { replies, broken: 'too long' }
				lines.push(line)
				if (mark === '-') continue
				replies.push({ code: Number(code), text: decode(lines.join('\n')) })
				lines = []
				bytes = 0
			}
			held = held.slice(from)
			return bytes + held.length > maxReplyBytes ? { replies, broken: 'too long' } : { replies }
		},
		rest: () => decode([...lines, held].join('\n').trim()),
	}
}

// RFC 5321 §4.2.1: each line of a reply has the same code
function hasSameCode(lines: readonly string[], code: string): boolean {
	return lines[0] === undefined || lines[0].startsWith(code)
}

/** Replies are UTF-8 where they go beyond ASCII (RFC 6531 §3.7.4.2). */
function decode(bytes: string): string {
	return Buffer.from(bytes, 'latin1').toString('utf8')
}
