import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../kernel/app-error.ts'
import type { Locale } from '../kernel/messages.ts'
import { readEvents, type StreamedEvent } from './read-events.ts'

/** The staff API as commands call it. Each throws an ApiRefusal where the answer is no. */
export type StaffClient = {
	get<Answer>(path: string, query?: Query): Promise<Answer>
	getText(path: string, query?: Query): Promise<string>
	/** A body, and an answer taken as it is. */
	postText(path: string, body: object): Promise<string>
	/** A body of bytes as they are. */
	postBytes<Answer>(path: string, bytes: Uint8Array): Promise<Answer>
	/** A file as it is read; ask for something else before, as it is not sent twice to a process that is just starting. */
	postFile<Answer>(path: string, file: Readable, query?: Query): Promise<Answer>
	/** Parts of an answer as they come. */
	getParts(path: string): Promise<AsyncIterable<Uint8Array>>
	post<Answer>(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>
	patch<Answer>(path: string, body: object): Promise<Answer>
	remove(path: string): Promise<void>
	/** Server-sent events until the other side ends them. */
	events(path: string): AsyncGenerator<StreamedEvent>
}

type Call = {
	query?: Query | undefined
	body?: object
	bytes?: Uint8Array | Readable
	headers?: Record<string, string>
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** A refusal in a sentence, and one for each field that can't be used. Mostly the API's own words. */
export class ApiRefusal extends Error {
	override readonly name = 'ApiRefusal'
	readonly fields: ReadonlyArray<{ field: string; message: string }>

	constructor(message: string, fields: ReadonlyArray<{ field: string; message: string }>) {
		super(message)
		this.fields = fields
	}
}

type RequestBody = string | Uint8Array | Readable

const startWithinMs = 20_000
// a digest preview or a poll takes as long as its feeds do
const silenceMs = 300_000

/** Calls the staff API over a Unix socket; answers are asked for in `locale`. */
export function createStaffClient(socketPath: string, locale: Locale): StaffClient {
	const ask = (options: RequestOptions, body?: RequestBody) =>
		// a connection a request: none is left open, and none is used that the other side has just closed
		request({ ...options, socketPath, agent: false, timeout: silenceMs }, body)

	async function call(
		method: string,
		path: string,
		{ query = {}, body, bytes, headers }: Call = {},
	): Promise<string> {
		const given = Object.entries(query).flatMap(
			([name, value]): Array<[string, string]> => (value === undefined ? [] : [[name, String(value)]]),
		)
		const answer = await ask(
			{
				method,
				path: `/api/v1${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`,
				headers: {
					...headers,
					'accept-language': locale,
					...(body && { 'content-type': 'application/json' }),
				},
			},
			bytes ?? (body && JSON.stringify(body)),
		)
		const text = await readText(answer)
		if (isRefusal(answer)) throw toRefusal(answer, text)
		return text
	}

	async function* events(path: string): AsyncGenerator<StreamedEvent> {
		const headers = { accept: 'text/event-stream', 'accept-language': locale }
		const answer = await ask({ method: 'GET', path: `/api/v1${path}`, headers })
		if (isRefusal(answer)) throw toRefusal(answer, await readText(answer))
		yield* readEvents(untilBroken(answer))
	}

	const callJson = async (...given: Parameters<typeof call>): Promise<never> =>
		JSON.parse(await call(...given)) as never

	return {
		get: (path, query) => callJson('GET', path, { query }),
		getText: (path, query) => call('GET', path, { query }),
		postText: (path, body) => call('POST', path, { body }),
		postBytes: (path, bytes) =>
			callJson('POST', path, { bytes, headers: { 'content-type': 'application/octet-stream' } }),
		postFile: (path, bytes, query) =>
			callJson('POST', path, { query, bytes, headers: { 'content-type': 'application/octet-stream' } }),
		getParts: async (path) => {
			const headers = { 'accept-language': locale }
			const answer = await ask({ method: 'GET', path: `/api/v1${path}`, headers })
			if (isRefusal(answer)) throw toRefusal(answer, await readText(answer))
			return answer
		},
		post: (path, body = {}, headers = {}) => callJson('POST', path, { body, headers }),
		patch: (path, body) => callJson('PATCH', path, { body }),
		remove: async (path) => void (await call('DELETE', path)),
		events,
	}
}

function isRefusal({ statusCode = 0 }: IncomingMessage): boolean {
	return statusCode >= 300
}

function toRefusal({ statusCode }: IncomingMessage, text: string): ApiRefusal {
	const read = text === '' ? undefined : JSON.parse(text)
	return new ApiRefusal(read?.message ?? `HTTP ${statusCode}`, read?.fields ?? [])
}

/** A process that is killed ends its stream in the middle: an end like any other, for the next question tells the truth. */
async function* untilBroken(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	try {
		yield* chunks
	} catch {}
}

/** One request, its answer's body unread; waits for a process that has the socket already and is still starting. */
async function request(options: RequestOptions, body?: RequestBody): Promise<IncomingMessage> {
	const giveUpAt = Date.now() + startWithinMs
	for (;;) {
		const answer = await requestOnce(options, body).catch((error: unknown) => {
			throw new AppError('unavailable', 'errors.cli.no_answer', { cause: error })
		})
		const starting = answer.statusCode === 503 && answer.headers['x-request-id'] === undefined
		if (!starting) return answer
		answer.resume()
		if (Date.now() > giveUpAt) throw new AppError('unavailable', 'errors.cli.no_answer')
		await wait(200)
	}
}

function requestOnce(options: RequestOptions, body?: RequestBody): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		const asked = httpRequest(options, resolve)
		asked.on('error', reject)
		asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
		if (typeof body === 'string' || body === undefined || body instanceof Uint8Array) asked.end(body)
		// an answer may come before the end of the file, as where it is too large
		else pipeline(body, asked).catch(reject)
	})
}
