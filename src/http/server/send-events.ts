import { once } from 'node:events'
import type { Response } from 'express'

/** One server-sent event (WHATWG HTML §9.2): a name, and data that goes as JSON. */
export type ServerEvent = { event: string; data: unknown }

/** Gives events until it has no more; the signal tells it that nobody listens any longer. */
export type EventSource = (signal: AbortSignal) => AsyncIterable<ServerEvent>

const heartbeatMs = 15_000
const retryMs = 3_000

/** What keeps proxies from holding events back or keeping them. */
const headers = {
	'Content-Type': 'text/event-stream',
	'Cache-Control': 'no-store',
	'X-Accel-Buffering': 'no',
}

/**
 * Answers with events until there are no more, the client goes away, who it is would not be let in any more, or the process stops. A comment every 15 seconds
 * keeps proxies from closing a connection that is silent. Who reads slowly is waited for.
 */
export async function sendEvents(
	response: Response,
	events: EventSource,
	{
		stopping,
		headersOnly,
		isStillLetIn,
	}: { stopping: AbortSignal; headersOnly: boolean; isStillLetIn: () => Promise<boolean> },
): Promise<void> {
	// Express' set() would add a charset, which this type does not have
	response.setHeaders(new Map(Object.entries(headers)))
	if (headersOnly) return void response.end()
	const gone = new AbortController()
	response.once('close', () => gone.abort())
	const signal = AbortSignal.any([gone.signal, stopping])
	response.flushHeaders()
	response.write(`retry: ${retryMs}\n\n`)
	const heartbeat = setInterval(() => {
		if (!response.writableNeedDrain) response.write(':\n\n')
	}, heartbeatMs).unref()
	let wasSent = false
	try {
		for await (const { event, data } of events(signal)) {
			if (signal.aborted || (wasSent && !(await isStillLetIn()))) break
			wasSent = true
			const taken = response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
			if (!taken) await once(response, 'drain', { signal }).catch(() => {})
		}
	} finally {
		clearInterval(heartbeat)
		response.end()
	}
}
