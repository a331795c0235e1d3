import type { Duplex } from 'node:stream'

const MAX_HEAD_BYTES = 64 * 1024

/**
 * Lets an answer through that says its length twice in the same words, as some servers do: RFC 9110 §8.6 allows that, and the
 * parser of HTTP does not. Two lengths that differ stay, and are refused.
 */
export function acceptRepeatedLength(socket: Duplex): void {
	const read = socket.read.bind(socket)
	let head: Buffer | undefined = Buffer.alloc(0)
	socket.read = (size?: number) => {
		const chunk: Buffer | null = read(size)
		if (chunk === null || head === undefined) return chunk
		const all: Buffer = Buffer.concat([head, chunk])
		const end = all.indexOf('\r\n\r\n')
		if (end < 0 && all.length < MAX_HEAD_BYTES) {
			head = all
			return null
		}
		// an interim answer is followed by another head
		head = /^HTTP\/1\.\d 1\d\d/.test(all.toString('latin1', 0, 12)) ? Buffer.alloc(0) : undefined
		if (end < 0) return all
		const text = withoutRepeatedLength(all.toString('latin1', 0, end))
		return Buffer.concat([Buffer.from(text, 'latin1'), all.subarray(end)])
	}
}

function withoutRepeatedLength(head: string): string {
	const lines = head.split('\r\n')
	const lengths = lines.flatMap((line) => /^content-length:(.*)$/i.exec(line)?.[1]?.split(',') ?? [])
	const [length, ...others] = lengths.map((value) => value.trim())
	if (others.length === 0 || others.some((other) => other !== length)) return head
	const kept = lines.filter((line) => !/^content-length:/i.test(line))
	return [...kept, `content-length: ${length}`].join('\r\n')
}
