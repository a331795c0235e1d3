/**
 * Whether the database refuses a statement for the data in it, so that it would refuse it again: data exceptions, values
 * that break a rule or are too large (SQLSTATE classes 22, 23 and 54). Everything else may be tried again.
 */
export function isUnstorable(error: unknown): boolean {
	for (let cause = error; cause instanceof Error; cause = cause.cause) {
		const { code } = cause as { code?: unknown }
		if (typeof code === 'string' && /^(?:22|23|54)[0-9A-Z]{3}$/.test(code)) return true
	}
	return false
}
