import busboy from 'busboy'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { AppError } from '../kernel/app-error.ts'
import type { BodyType } from './route.ts'

const contentTypes: Record<BodyType, string> = {
	json: 'application/json',
	urlencoded: 'application/x-www-form-urlencoded',
	multipart: 'multipart/form-data',
	raw: '*/*',
}

export const defaultMaxBodyBytes = 64 * 1024

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
	if (!hasBody(request)) return undefined
	if (types.includes('raw')) {
		await run(express.raw({ limit: maxBytes, type: () => true }), request, response)
		return request.body
	}
	const type = types.find((candidate) => request.is(contentTypes[candidate]))
	if (!type) {
		throw new AppError('unsupported', 'errors.body.unsupported', {
			params: { accepted: contentTypesOf(types).join(', ') },
		})
	}
	if (type === 'multipart') return readMultipart(request, maxBytes)
	const parser =
		type === 'json'
			? express.json({ limit: maxBytes, strict: true })
			: express.urlencoded({ limit: maxBytes, extended: false, parameterLimit: 100 })
	await run(parser, request, response)
	return request.body
}

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

function readMultipart(request: Request, maxBytes: number): Promise<Record<string, string>> {
	return new Promise((resolve, reject) => {
		const fields: Record<string, string> = Object.create(null)
		let size = 0
		const fail = (error: AppError) => {
			request.unpipe(parser)
			request.resume()
			reject(error)
		}
		const parser = startMultipart(request, maxBytes)
		request.on('data', (chunk: Buffer) => {
			size += chunk.length
			if (size > maxBytes) fail(tooLarge())
		})
		parser.on('field', (name, value) => {
			fields[name] = value
		})
		parser.on('file', (_name, file) => file.resume())
		parser.on('fieldsLimit', () => fail(tooLarge()))
		parser.on('partsLimit', () => fail(tooLarge()))
		parser.on('error', (error) => fail(malformed(error)))
		parser.on('close', () => resolve({ ...fields }))
		request.pipe(parser)
	})
}

function startMultipart(request: Request, maxBytes: number): busboy.Busboy {
	try {
		return busboy({ headers: request.headers, limits: { fieldSize: maxBytes, fields: 100, parts: 100 } })
	} catch (error) {
		throw malformed(error)
	}
}
