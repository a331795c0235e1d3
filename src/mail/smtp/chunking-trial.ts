/** Whether messages go to a relay as chunks, two at once, or one after the other. */
export type ChunkingTrial = {
	/** Whether the next message shall go as a chunk. */
	isOn(): boolean
	/** How long an accepted message took, in milliseconds from its first command to its final reply. */
	note(way: { chunked: boolean; ms: number }): void
}

export type ChunkingTrialOptions = {
	/** How many messages are timed each way. */
	messages?: number
	/** Milliseconds on a clock that only goes forward. */
	now?: () => number
	/** Hears what came of it: the median milliseconds of a message, and which way is taken. */
	onDecided?: (found: { plainMs: number; chunkedMs: number; isOn: boolean }) => void
}

/** Where a message is done sooner than this, the network is not what it waits for. */
const leastMs = 10
/** Two messages at once are worth it only where each takes clearly less time than one after the other. */
const worthwhile = 0.8
/** A decision is looked at again after so long. */
const decidedForMs = 3_600_000

/**
 * Times both ways before it takes one: BDAT (RFC 3030) halves the time of a message at relays that answer at once, and
 * lengthens it at those whose replies wait for the acknowledgement of the reply before (RFC 896), Postfix among them.
 */
export function createChunkingTrial(options: ChunkingTrialOptions = {}): ChunkingTrial {
	const { messages = 40, now = () => performance.now(), onDecided } = options
	let plain: number[] = []
	let chunked: number[] = []
	/** The first chunks stand behind messages that are still on their way. */
	let left = 0
	let decided = { isOn: false, until: Number.NEGATIVE_INFINITY }

	const isDecided = () => now() < decided.until
	const isTrying = () => plain.length >= messages && median(plain) >= leastMs
	const decide = () => {
		const [plainMs, chunkedMs] = [median(plain), median(chunked)]
		decided = { isOn: chunkedMs <= plainMs * worthwhile, until: now() + decidedForMs }
		plain = []
		chunked = []
		onDecided?.({ plainMs, chunkedMs, isOn: decided.isOn })
	}

	return {
		isOn: () => (isDecided() ? decided.isOn : isTrying()),
		note: (way) => {
			if (isDecided()) return
			if (!way.chunked) {
				if (isTrying()) return
				plain = [...plain, way.ms].slice(-messages)
				left = messages / 2
				return
			}
			if (!isTrying()) return
			if (left > 0) left -= 1
			else chunked.push(way.ms)
			if (chunked.length >= messages) decide()
		},
	}
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
