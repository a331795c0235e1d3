import type { FilePieces } from './file-format.ts'

/** The beginning of a file, whether that is all of it, and all of its pieces. */
export type Peeked = { first: Buffer; isWhole: boolean; all: AsyncGenerator<Uint8Array> }

/** Looks at the first so many bytes of a file, and gives it back whole. */
export async function peekBytes(pieces: FilePieces, bytes: number): Promise<Peeked> {
	const source = piecesOf(pieces)
	const held: Uint8Array[] = []
	let length = 0
	let isWhole = false
	while (length <= bytes && !isWhole) {
		const next = await source.next()
		if (next.done) isWhole = true
		else {
			held.push(next.value)
			length += next.value.length
		}
	}
	async function* all() {
		yield* held
		yield* source
	}
	return { first: Buffer.concat(held).subarray(0, bytes), isWhole, all: all() }
}

async function* piecesOf(pieces: FilePieces): AsyncGenerator<Uint8Array> {
	yield* pieces
}
