/** An error as a log holds it. */
export type DescribedError = {
	type: string
	message: string
	stack?: string
	cause?: DescribedError
	errors?: DescribedError[]
	[detail: string]: unknown
}

// what says where and what kind, and never what was given: no statement, parameter, row, command or reply
const details = [
	'code',
	'errno',
	'syscall',
	'path',
	'hostname',
	'port',
	'severity',
	'schema',
	'table',
	'column',
	'constraint',
	'routine',
	'responseCode',
	'status',
]

const deepest = 4

/**
 * An error with what helps to find its cause and nothing that a person or a setting gave: databases put rows and
 * parameters beside their words, Redis the command with the password.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
	if (typeof error !== 'object' || error === null) return { type: typeof error, message: String(error) }
	const { name, message, stack, cause, errors } = error as Partial<AggregateError>
	const described: DescribedError = {
		type: error.constructor?.name || name || 'Object',
		message: withoutValues(message || name || 'no message', error),
	}
	for (const detail of details) {
		const value = (error as Record<string, unknown>)[detail]
		if (typeof value === 'string' || typeof value === 'number') described[detail] = value
	}
	const command = (error as { command?: { name?: unknown } | string }).command
	if (typeof command === 'object' && typeof command?.name === 'string') described.command = command.name
	const calls = stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []
	if (calls.length > 0) described.stack = calls.map((line) => line.trim()).join('\n')
	if (cause !== undefined && depth < deepest) described.cause = describeError(cause, depth + 1)
	if (Array.isArray(errors) && depth < deepest) {
		described.errors = errors.slice(0, 5).map((each) => describeError(each, depth + 1))
	}
	return described
}

/** PostgreSQL quotes what was given where it can't be read (class 22 of its error codes) and in its longer words. */
function withoutValues(message: string, error: object): string {
	const first = message.split('\n', 1)[0] ?? ''
	const isDatabases = 'severity' in error || 'routine' in error
	if (!isDatabases) return first
	const { code } = error as { code?: unknown }
	return typeof code === 'string' && code.startsWith('22') ? first.replace(/(?::|"|“).*$/s, '').trim() : first
}
