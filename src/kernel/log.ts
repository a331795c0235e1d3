/**
 * Where business code writes what happened. Fields hold ids and counts, never addresses, tokens or secrets.
 * The `job` and request ids are bound by the caller's child log.
 */
export type Log = {
	info(fields: Record<string, unknown>, message: string): void
	warn(fields: Record<string, unknown>, message: string): void
	error(fields: Record<string, unknown>, message: string): void
	child(fields: Record<string, unknown>): Log
	/** From now on no line holds this, from whatever logger of the process; known only once the data folder is open. */
	strikeOut?(secret: string): void
}
