import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../../kernel/app-error.ts'

/** A file as it streams in, never whole in memory: the body itself, or the first file of a form (RFC 7578). */
export type FileStream = {
	/** As the form names it; null where the body is the file. */
	fileName: string | null
	/** Of the form, those in front of the file. */
	fields: Record<string, string>
	/** To be read once. Throws `too_large` or `malformed`. */
	content: AsyncGenerator<Buffer>
}

/** Opens the file that a request brings; one of a form without a file is empty. Throws `malformed`. */
export async function readFileStream(request: IncomingMessage, maxBytes: number): Promise<FileStream> {
	const isForm = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')
	if (!isForm) return { fileName: null, fields: {}, content: limit(request, request, maxBytes) }
	return openForm(request, maxBytes)
}

/** Gives what comes, up to so many bytes; what is beyond is not kept, and `passOver` has the rest of it. */
async function* limit(request: IncomingMessage, source: Readable, maxBytes: number): AsyncGenerator<Buffer> {
	let bytes = 0
	try {
		for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
			bytes += chunk.length
			if (bytes > maxBytes) throw new AppError('too_large', 'errors.body.too_large')
			yield chunk
		}
	} catch (error) {
		passOver(request)
		throw error instanceof AppError ? error : malformed(error)
	}
}

/** Lets go by what has not been read of a body: browsers show no answer before they have sent all of it. */
export function passOver(request: IncomingMessage): void {
	request.unpipe()
	request.resume()
}

const limits = { fields: 50, fieldSize: 64 * 1024, files: 1, parts: 60 }

function openForm(request: IncomingMessage, maxBytes: number): Promise<FileStream> {
	const parser = openParser(request)
	const fields: Record<string, string> = {}
	return new Promise((resolve, reject) => {
		let opened: BusboyFileStream | undefined
		const fail = (cause?: unknown) => {
			opened?.destroy(malformed(cause))
			reject(malformed(cause))
		}
		parser.on('field', (name, value) => {
			if (!opened) fields[name] = value
		})
		parser.once('file', (_name, stream, fileName) => {
			opened = stream
			resolve({ fileName: fileName || null, fields, content: limit(request, stream, maxBytes) })
		})
		parser.once('finish', () => resolve({ fileName: null, fields, content: nothing() }))
		parser.once('error', fail)
		request.once('aborted', () => fail())
		request.once('error', fail)
		request.pipe(parser)
	})
}

async function* nothing(): AsyncGenerator<Buffer> {}

function openParser({ headers }: IncomingMessage): BusboyInstance {
	try {
		return new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' }, limits })
	} catch (cause) {
		throw malformed(cause)
	}
}

const malformed = (cause?: unknown) => new AppError('malformed', 'errors.body.malformed', { cause })
