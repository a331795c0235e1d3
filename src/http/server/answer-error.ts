import { AppError, type ErrorCode } from '../../kernel/app-error.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'

const statuses: Record<ErrorCode, number> = {
	invalid: 422,
	malformed: 400,
	unauthenticated: 401,
	forbidden: 403,
	not_found: 404,
	method_not_allowed: 405,
	conflict: 409,
	gone: 410,
	too_large: 413,
	unsupported: 415,
	limited: 429,
	unavailable: 503,
}

/** The one form of errors, in the person's language: as JSON, and as what the error page shows. */
export type ErrorBody = {
	code: ErrorCode | 'internal'
	message: string
	fields: Array<{ field: string; message: string }>
	requestId: string
}

export type ErrorAnswer = { status: number; body: ErrorBody; headers: Record<string, string> }

/** Turns whatever was thrown into an answer. What is not an AppError shows nothing of the inside. */
export function answerError(
	error: unknown,
	locale: Locale,
	messages: Messages,
	requestId: string,
): ErrorAnswer {
	if (!(error instanceof AppError)) {
		const message = messages.text(locale, 'errors.internal', { requestId })
		return { status: 500, body: { code: 'internal', message, fields: [], requestId }, headers: {} }
	}
	const headers: Record<string, string> = {}
	if (error.retryAfterSeconds !== undefined) headers['Retry-After'] = String(error.retryAfterSeconds)
	if (error.code === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer realm="Envoi"'
	return {
		status: statuses[error.code],
		headers,
		body: {
			code: error.code,
			message: messages.text(locale, error.message, error.params),
			fields: error.fields.map(({ field, message, params }) => ({
				field,
				message: messages.text(locale, message, params),
			})),
			requestId,
		},
	}
}
