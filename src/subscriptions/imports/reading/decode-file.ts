import type { FileEncoding } from './file-shape.ts'

/** Turns the bytes of a file into text as they come, without its byte order mark. What can't be decoded becomes U+FFFD. */
export async function* decodeFile(
	pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	encoding: FileEncoding,
): AsyncGenerator<string> {
	const decoder = new TextDecoder(encoding)
	for await (const piece of pieces) {
		const text = decoder.decode(piece, { stream: true })
		if (text !== '') yield text
	}
	const end = decoder.decode()
	if (end !== '') yield end
}
