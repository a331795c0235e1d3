/**
 * The few kinds of trouble a person can be told of. `http/` turns each into a status;
 * anything that is not an AppError is a fault of ours and shows nothing of the inside.
 */
export type ErrorCode =
	| 'invalid' // 422: the input can't be used; `fields` says where and why
	| 'malformed' // 400: not even readable (broken JSON, wrong encoding)
	| 'unauthenticated' // 401
	| 'forbidden' // 403
	| 'not_found' // 404
	| 'method_not_allowed' // 405
	| 'conflict' // 409: it clashes with what is there
	| 'gone' // 410: was valid once
	| 'too_large' // 413
	| 'unsupported' // 415: a content type that is not taken
	| 'limited' // 429: too often; `retryAfterSeconds` says when
	| 'unavailable' // 503: a part that is needed doesn't answer

export type MessageParams = Record<string, string | number>

/** One field of the input and what is wrong with it: `message` is a key of the string catalogs. */
export type FieldProblem = { field: string; message: string; params?: MessageParams }

export type AppErrorOptions = {
	params?: MessageParams
	fields?: FieldProblem[]
	retryAfterSeconds?: number
	cause?: unknown
}

/**
 * Trouble that is told to a person in their language. `message` is a key under `errors.` of the
 * string catalogs (`src/strings/<area>/<locale>.json`), `params` its values.
 */
export class AppError extends Error {
	readonly code: ErrorCode
	readonly params: MessageParams
	readonly fields: FieldProblem[]
	readonly retryAfterSeconds: number | undefined

	constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
		super(message, { cause: options.cause })
		this.name = 'AppError'
		this.code = code
		this.params = options.params ?? {}
		this.fields = options.fields ?? []
		this.retryAfterSeconds = options.retryAfterSeconds
	}
}

/** An `invalid` AppError about one field. */
export function invalidField(field: string, message: string, params?: MessageParams): AppError {
	return new AppError('invalid', 'errors.invalid', { fields: [{ field, message, params }] })
}
