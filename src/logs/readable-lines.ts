const levels: Readonly<Record<number, string>> = {
	10: 'trace',
	20: 'debug',
	30: 'info',
	40: 'warn',
	50: 'error',
	60: 'fatal',
}

const unshown = new Set(['level', 'time', 'service', 'msg', 'err', 'requestId'])

/** A line of the log as a person at a terminal reads it: the time, how grave it is, the words, then what belongs to them. */
export function readableLine(json: string): string {
	const entry = JSON.parse(json) as Record<string, unknown>
	const time = new Date(String(entry.time))
	const clock = Number.isNaN(time.getTime()) ? '' : time.toTimeString().slice(0, 8)
	const level = levels[Number(entry.level)] ?? String(entry.level)
	const fields = Object.entries(entry)
		.filter(([name]) => !unshown.has(name))
		.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
	const error = entry.err as { message?: string; code?: string; cause?: { message?: string } } | undefined
	const reason = error && `(${[error.message, error.cause?.message].filter(Boolean).join(': ')})`
	return `${[clock, level.padEnd(5), entry.msg, reason, ...fields].filter(Boolean).join(' ')}\n`
}
