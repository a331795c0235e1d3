import { totalmem } from 'node:os'
import { setFlagsFromString } from 'node:v8'

const little = 2 * 1024 ** 3
// about a hundred and fifty times V8's own
const budget = 2_000_000_000

/**
 * Chooses how well V8 compiles the embedded database, before it is opened. The thorough way makes it a quarter faster,
 * but takes 600 MB for PostgreSQL's parser alone: it is not for a machine or container of less than 2 GB, and not for
 * a command (`isShort`) that asks a few things and ends, unless that takes longer than a second.
 */
export function tuneCompiler({
	isShort,
	memory = memoryHere(),
}: {
	isShort: boolean
	memory?: number
}): void {
	if (memory < little) setFlagsFromString('--no-wasm-tier-up --no-wasm-dynamic-tiering')
	else if (isShort) setFlagsFromString(`--wasm-tiering-budget=${budget}`)
}

/** In bytes, as the machine or its container has it. */
function memoryHere(): number {
	// no limit is 0, or more than there is
	return Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())
}
