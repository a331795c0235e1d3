import type { FileEncoding, FilePieces } from './file-format.ts'

/** Few rows are held at once, however large the pieces are that the bytes come in. */
const bytesAtOnce = 65_536

/** Turns the bytes of a file into text as they come, without its byte order mark. What can't be decoded becomes U+FFFD. */
export async function* decodeText(pieces: FilePieces, encoding: FileEncoding): AsyncGenerator<string> {
	const decoder = new TextDecoder(encoding)
	for await (const piece of pieces) {
		for (let at = 0; at < piece.length; at += bytesAtOnce) {
			const text = decoder.decode(piece.subarray(at, at + bytesAtOnce), { stream: true })
			if (text !== '') yield text
		}
	}
	const end = decoder.decode()
	if (end !== '') yield end
}
