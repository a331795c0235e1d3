/** An event of a stream (WHATWG HTML §9.2), or a sign that the other side still lives. */
export type StreamedEvent = { event: string; data: unknown } | 'heartbeat'

/** Reads server-sent events whose data is JSON, as they come in. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent> {
	const decoder = new TextDecoder()
	let text = ''
	for await (const chunk of chunks) {
		text += decoder.decode(chunk, { stream: true })
		const blocks = text.split(/\r?\n\r?\n/)
		text = blocks.pop() ?? ''
		for (const block of blocks) yield readBlock(block)
	}
}

function readBlock(block: string): StreamedEvent {
	const fields = block.split(/\r?\n/).map((line) => /^(\w*): ?(.*)$/.exec(line))
	const textOf = (name: string) =>
		fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : [])).join('\n')
	const data = textOf('data')
	return data === '' ? 'heartbeat' : { event: textOf('event') || 'message', data: JSON.parse(data) }
}
