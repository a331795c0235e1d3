import type { Request, Response } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import { findDatabaseTrouble } from '../../kernel/database-trouble.ts'
import { answerError } from './answer-error.ts'
import type { Begun } from './begin-request.ts'
import { isApiPath } from './error-answers.ts'
import type { HttpOptions } from './http-options.ts'

/** Answers what a request was refused for or failed with: as JSON, or as a page. */
export async function sendError(
	options: HttpOptions,
	error: unknown,
	request: Request,
	response: Response,
): Promise<void> {
	const context = (request as Partial<Begun>).context
	const locale = context?.locale ?? 'en'
	const requestId = context?.id ?? ''
	const known = toAppError(error)
	if (known !== error && known instanceof AppError && known.code === 'unavailable') {
		;(context?.log ?? options.log).warn({ err: error }, 'the database can’t do what a request needs')
	}
	if (!(known instanceof AppError)) (context?.log ?? options.log).error({ err: error }, 'the request failed')
	if (response.headersSent) {
		response.destroy()
		return
	}
	const { status, body, headers } = answerError(known, locale, options.messages, requestId)
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
	response.setHeader('Cache-Control', 'no-store')
	response.status(status)
	// the body was not read: on the same connection it would be taken for the next request
	if (status === 413 || status === 415) response.setHeader('Connection', 'close')
	if (isApiPath(request.path) || request.accepts(['html', 'json']) === 'json') {
		response.json(body)
		return
	}
	response.setHeader('Content-Language', locale)
	const frame = await options.findFrame(request, locale)
	response.type('html').send(options.renderPage('server/error', locale, { ...frame, status, error: body }))
}

/** A path that can't be decoded (URIError of Express) leads nowhere; a database that is away makes us unavailable. */
function toAppError(error: unknown): unknown {
	if (error instanceof AppError) return error
	if (error instanceof URIError) return new AppError('not_found', 'errors.not_found', { cause: error })
	const trouble = findDatabaseTrouble(error)
	if (!trouble) return error
	const retryAfterSeconds = trouble === 'full' ? 300 : 30
	return new AppError('unavailable', `errors.database.${trouble}`, { retryAfterSeconds, cause: error })
}
