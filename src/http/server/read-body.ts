import express, { type Request, type RequestHandler, type Response } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import { passOver, readFileStream } from './read-file-stream.ts'
import { readUpload } from './read-upload.ts'
import type { BodyType } from './route.ts'

const contentTypes: Record<BodyType, string> = {
	json: 'application/json',
	urlencoded: 'application/x-www-form-urlencoded',
	multipart: 'multipart/form-data',
	upload: 'multipart/form-data',
	raw: '*/*',
	stream: '*/*',
}

export const defaultMaxBodyBytes = 64 * 1024

/** What staff who are signed in may send: whoever pasted far too much is told at the field, and loses nothing. */
export const consoleMaxBodyBytes = 1024 * 1024

/** The content types a route takes, as OpenAPI names them. */
export function contentTypesOf(types: readonly BodyType[]): string[] {
	return types.map((type) => contentTypes[type])
}

/**
 * Reads a body of one of the given encodings into `request.body`: an object of fields, or a Buffer where `raw` is one
 * of them. Files in a multipart body are passed over. Throws `unsupported`, `too_large` or `malformed`; no body gives undefined.
 */
export async function readBody(
	request: Request,
	response: Response,
	types: readonly BodyType[],
	maxBytes: number,
): Promise<unknown> {
	// a file may be empty, which is said of it as a file
	if (!hasBody(request) && !types.includes('stream')) return undefined
	if (types.includes('raw')) {
		await run(express.raw({ limit: maxBytes, type: () => true }), request, response)
		return request.body
	}
	if (types.includes('stream')) {
		// whoever refuses a file by its beginning reads no further
		response.once('finish', () => passOver(request))
		return readFileStream(request, maxBytes)
	}
	const type = types.find((candidate) => request.is(contentTypes[candidate]))
	if (!type) {
		throw new AppError('unsupported', 'errors.body.unsupported', {
			params: { accepted: contentTypesOf(types).join(', ') },
		})
	}
	if (type === 'upload') return readUpload(request)
	if (type === 'multipart') {
		await run(express.raw({ limit: maxBytes, type: () => true }), request, response)
		return readMultipart(request.body, request.headers['content-type'] ?? '')
	}
	await run(parserFor(type === 'json' ? 'json' : 'urlencoded', maxBytes), request, response)
	return request.body
}

/** Made once for each encoding and limit, of which there are few. */
function parserFor(type: 'json' | 'urlencoded', maxBytes: number): RequestHandler {
	const key = `${type} ${maxBytes}`
	const known = parsers.get(key)
	if (known) return known
	const parser =
		type === 'json'
			? express.json({ limit: maxBytes, strict: true })
			: express.urlencoded({ limit: maxBytes, extended: false, parameterLimit: maxFields })
	parsers.set(key, parser)
	return parser
}

const parsers = new Map<string, RequestHandler>()

function hasBody(request: Request): boolean {
	return (
		request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
	)
}

function run(parser: RequestHandler, request: Request, response: Response): Promise<void> {
	return new Promise((resolve, reject) => {
		parser(request, response, (error?: unknown) => (error ? reject(bodyError(error)) : resolve()))
	})
}

function bodyError(error: unknown): unknown {
	const type = (error as { type?: string }).type
	if (type === 'entity.too.large' || type === 'parameters.too.many') return tooLarge(error)
	if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
		return new AppError('unsupported', 'errors.body.encoding', { cause: error })
	}
	if (type?.startsWith('entity.') || type?.startsWith('request.')) return malformed(error)
	return (error as { status?: number }).status === 400 ? malformed(error) : error
}

const tooLarge = (cause?: unknown) => new AppError('too_large', 'errors.body.too_large', { cause })
const malformed = (cause?: unknown) => new AppError('malformed', 'errors.body.malformed', { cause })

const maxFields = 100

/**
 * The fields of a form as multipart/form-data (RFC 7578), by Node's own parser: what it is handed is bounded by then. A
 * name that comes twice gives a list, as it does urlencoded.
 */
async function readMultipart(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
	const headers = { 'Content-Type': contentType }
	const form = await new Response(new Uint8Array(body), { headers }).formData().catch((error: unknown) => {
		throw malformed(error)
	})
	const fields = new Map<string, string | string[]>()
	for (const [name, value] of form) {
		if (typeof value !== 'string') continue
		const before = fields.get(name)
		fields.set(name, before === undefined ? value : [before, value].flat())
		if (fields.size > maxFields) throw tooLarge()
	}
	return Object.fromEntries(fields)
}
