import { hash } from 'node:crypto'

/** The HMAC-SHA-256 of a text in UTF-8, under one key: `binary` is a character an octet. */
export type Hmac = (text: string, encoding: 'binary' | 'hex' | 'base64url') => string

const blockSize = 64
const usualText = 512

/**
 * HMAC (RFC 2104 §2) with SHA-256 as two hashes in one call each, with the key's blocks made once: 3 µs instead of the 7 of
 * `createHmac`, which makes objects for each, and a message needs four or five. The key, of at most 64 octets, can't be
 * read from what is given back, nor printed with it.
 */
export function createHmacSha256(key: Buffer): Hmac {
	if (key.length > blockSize) throw new Error('a key longer than a block')
	const inner = Buffer.concat([padWith(0x36, key), Buffer.alloc(usualText)])
	const outer = Buffer.concat([padWith(0x5c, key), Buffer.alloc(32)])

	const withText = (text: string): Buffer => {
		const length = Buffer.byteLength(text)
		if (length > usualText) return Buffer.concat([inner.subarray(0, blockSize), Buffer.from(text)])
		inner.write(text, blockSize)
		return inner.subarray(0, blockSize + length)
	}
	return (text, encoding) => {
		outer.write(hash('sha256', withText(text), 'binary'), blockSize, 'binary')
		return hash('sha256', outer, encoding)
	}
}

function padWith(octet: number, key: Buffer): Buffer {
	const block = Buffer.alloc(blockSize, octet)
	for (const [index, value] of key.entries()) block[index] = octet ^ value
	return block
}
