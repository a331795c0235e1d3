import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { FeedFailure } from './feed-failure.ts'

/**
 * Reads and unpacks a body of at most `maxBytes`, counted after unpacking: a gzip bomb is stopped as soon as it
 * unfolds beyond that. Throws a FeedFailure where it is larger or packed in a way that was not asked for.
 */
export async function readBody(
	body: Readable,
	headers: { encoding: string | undefined; length: string | undefined },
	maxBytes: number,
): Promise<Buffer> {
	const tooLarge = () => new FeedFailure('too_large', `more than ${maxBytes} bytes`)
	const chunks: Buffer[] = []
	let bytes = 0
	const collect = async (source: AsyncIterable<Buffer>) => {
		for await (const chunk of source) {
			bytes += chunk.length
			if (bytes > maxBytes) throw tooLarge()
			chunks.push(chunk)
		}
	}
	try {
		if (Number(headers.length) > maxBytes) throw tooLarge()
		const unpack = unpacker(headers.encoding)
		await (unpack ? pipeline(body, unpack, collect) : pipeline(body, collect))
	} catch (error) {
		// the listener: a body destroyed before it was read reports that as an error of its own
		body.on('error', () => {}).destroy()
		throw isUnpackingError(error) ? new FeedFailure('broken', `can't be unpacked: ${error.code}`) : error
	}
	return Buffer.concat(chunks)
}

function unpacker(encoding: string | undefined) {
	switch (encoding?.trim().toLowerCase()) {
		case undefined:
		case '':
		case 'identity':
			return undefined
		case 'gzip':
		case 'x-gzip': // RFC 9110 §8.4.1.3
			return createGunzip()
		case 'br':
			return createBrotliDecompress()
		default:
			throw new FeedFailure('broken', `Content-Encoding ${encoding} was not asked for`)
	}
}

function isUnpackingError(error: unknown): error is NodeJS.ErrnoException {
	const code = error instanceof Error && 'code' in error ? String(error.code) : ''
	return /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_PADDING)/.test(code)
}
