import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'

/** Text or bytes that are made part by part, with their type. */
export type PartsAnswer = {
	parts: AsyncIterable<string | Uint8Array>
	contentType: string
	headers?: Record<string, string>
}

/**
 * Answers part by part as it is made, so that a long table is never held in memory as a whole. Who reads slowly is
 * waited for; the making ends when the client goes away or the process stops. Rejects where the making fails: the connection is
 * broken off then, so that nobody takes the part for the whole.
 */
export async function sendParts(
	response: Response,
	{ parts, contentType, headers = {} }: PartsAnswer,
	{ stopping, headersOnly }: { stopping: AbortSignal; headersOnly: boolean },
): Promise<void> {
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
	response.type(contentType)
	if (headersOnly) return void response.end()
	try {
		await pipeline(Readable.from(parts), response, { signal: stopping })
	} catch (error) {
		if (!isGone(error)) throw error
	}
}

/** Whether the client went away, or the process stops: nobody is left to be told. */
function isGone(error: unknown): boolean {
	const code = error instanceof Error && 'code' in error ? error.code : undefined
	return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR'
}
