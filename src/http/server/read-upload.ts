import type { IncomingMessage } from 'node:http'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { AppError } from '../../kernel/app-error.ts'

/** A file that is larger is cut there, one byte beyond, and the rest of the form is read all the same. */
export const maxFileBytes = 5_000_000
/** What is beyond is not even passed over: whoever sends so much is no form of ours. */
const maxBodyBytes = 32_000_000
const limits = { fields: 250, fieldSize: 64 * 1024, files: 1, fileSize: maxFileBytes + 1, parts: 260 }

/**
 * The fields of a form with a file (RFC 7578), the file as a Buffer as it streams in; an input that nothing was chosen in
 * is left out. A name that comes twice gives its last value. Throws `malformed` or `too_large`.
 */
export async function readUpload(request: IncomingMessage): Promise<Record<string, unknown>> {
	if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge()
	const fields = new Map<string, unknown>()
	const files: Array<Promise<void>> = []
	const parser = openParser(request)
	parser.on('field', (name, value) => fields.set(name, value))
	parser.on('file', (name, stream, filename) => {
		const chunks: Buffer[] = []
		files.push(
			new Promise((resolve, reject) => {
				stream.on('data', (chunk: Buffer) => chunks.push(chunk))
				stream.once('error', reject)
				stream.once('end', () => {
					if (filename) fields.set(name, Buffer.concat(chunks))
					resolve()
				})
			}),
		)
	})
	await pump(request, parser)
	await Promise.all(files)
	return Object.fromEntries(fields)
}

function openParser({ headers }: IncomingMessage): BusboyInstance {
	try {
		return new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' }, limits })
	} catch (cause) {
		throw malformed(cause)
	}
}

function pump(request: IncomingMessage, parser: BusboyInstance): Promise<void> {
	return new Promise((resolve, reject) => {
		let bytes = 0
		const stop = (error: AppError) => {
			request.unpipe(parser)
			request.resume()
			reject(error)
		}
		request.on('data', (chunk: Buffer) => {
			bytes += chunk.length
			if (bytes > maxBodyBytes) stop(tooLarge())
		})
		request.once('aborted', () => stop(malformed()))
		request.once('error', (cause) => stop(malformed(cause)))
		parser.once('error', (cause: unknown) => stop(malformed(cause)))
		for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
			parser.once(limit, () => stop(tooLarge()))
		parser.once('finish', () => resolve())
		request.pipe(parser)
	})
}

const tooLarge = () => new AppError('too_large', 'errors.body.too_large')
const malformed = (cause?: unknown) => new AppError('malformed', 'errors.body.malformed', { cause })
