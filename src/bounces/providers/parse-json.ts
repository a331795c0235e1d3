import { AppError } from '../../kernel/app-error.ts'

/** What a body of JSON holds. Throws a `malformed` AppError where it holds none. */
export function parseJson(body: string | Buffer): unknown {
	try {
		return JSON.parse(body.toString())
	} catch (cause) {
		throw new AppError('malformed', 'errors.body.malformed', { cause })
	}
}
