import type { Request, Response } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import { findDatabaseTrouble } from '../../kernel/database-trouble.ts'
import { answerError } from './answer-error.ts'
import type { Begun } from './begin-request.ts'
import { isApiPath, isConsolePath } from './error-answers.ts'
import type { HttpOptions } from './http-options.ts'
import { consoleHeaders } from './let-member-in.ts'

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
	const isConsole = isConsolePath(request.path)
	if (isConsole && isSignInNeeded(known, request)) {
		response.setHeader('Cache-Control', 'no-store')
		response.redirect(303, `${options.basePath}/console/sign-in?to=${encodeURIComponent(request.url)}`)
		return
	}
	const { status, body, headers } = answerError(known, locale, options.messages, requestId)
	for (const [name, value] of Object.entries(isConsole ? consoleHeaders : headers))
		response.setHeader(name, value)
	if (headers['Retry-After']) response.setHeader('Retry-After', headers['Retry-After'])
	response.setHeader('Cache-Control', 'no-store')
	response.status(status)
	// the body was not read: on the same connection it would be taken for the next request
	if (status === 413 || status === 415) response.setHeader('Connection', 'close')
	if (isApiPath(request.path) || request.accepts(['html', 'json']) === 'json') {
		response.json(body)
		return
	}
	response.setHeader('Content-Language', locale)
	if (isConsole) {
		response
			.type('html')
			.send(options.renderPage('console/error', locale, { frame: null, status, error: body }))
		return
	}
	const frame = await options.findFrame(request, locale)
	response.type('html').send(options.renderPage('server/error', locale, { ...frame, status, error: body }))
}

/** Who was signed out, or never in, signs in and comes back to what they wanted to see. */
function isSignInNeeded(error: unknown, { method }: Request): boolean {
	return (
		error instanceof AppError && error.code === 'unauthenticated' && (method === 'GET' || method === 'HEAD')
	)
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
