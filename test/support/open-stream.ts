import type { ProgressEvent } from '../../src/http/api/digests/digest-events.ts'

export type StreamEvent = { event: string; data: ProgressEvent }

/** Server-sent events as a browser would take them in. */
export type OpenStream = {
	status: number
	headers: Headers
	/** The next event; undefined at the end. */
	next(): Promise<StreamEvent | undefined>
	/** Reads on to the first event that is as wished, and gives its data; throws at the end. */
	nextWhere(wished: (data: ProgressEvent) => boolean): Promise<ProgressEvent>
	/** All that are still to come, once the other side has ended. */
	rest(): Promise<StreamEvent[]>
	/** How many comments have come in. */
	heartbeats(): number
	close(): void
}

/** Opens a stream of events; what comes in is kept until it is asked for. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
	const gone = new AbortController()
	const answer = await fetch(url, { headers, signal: gone.signal })
	const events: StreamEvent[] = []
	let comments = 0
	let ended = false
	let wake = () => {}

	const take = (block: string) => {
		if (block.startsWith(':')) comments += 1
		const event = /^event: (.*)$/m.exec(block)?.[1]
		const data = /^data: (.*)$/m.exec(block)?.[1]
		if (event && data) events.push({ event, data: JSON.parse(data) })
	}
	const readAll = async () => {
		let text = ''
		for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
			const blocks = (text + chunk).split('\n\n')
			text = blocks.pop() ?? ''
			for (const block of blocks) take(block)
			wake()
		}
	}
	readAll()
		.catch(() => {})
		.finally(() => {
			ended = true
			wake()
		})

	const next = async (): Promise<StreamEvent | undefined> => {
		while (events.length === 0 && !ended) {
			await new Promise<void>((resolve) => {
				wake = resolve
			})
		}
		return events.shift()
	}
	return {
		status: answer.status,
		headers: answer.headers,
		next,
		nextWhere: async (wished) => {
			let last: StreamEvent | undefined
			for (let event = await next(); event; event = await next()) {
				if (wished(event.data)) return event.data
				last = event
			}
			throw new Error(`the stream ended before, with ${JSON.stringify(last)}`)
		},
		rest: async () => {
			const rest: StreamEvent[] = []
			for (let event = await next(); event; event = await next()) rest.push(event)
			return rest
		},
		heartbeats: () => comments,
		close: () => gone.abort(),
	}
}
