/** A relay that has too few connections for us is tried with one more after so long. */
const raiseEveryMs = 600_000

/**
 * How many connections to a relay may be in use. It starts slowly after a pause, with one more for each message that goes
 * through, and stays below what the relay has called too many.
 */
export class ConnectionLimit {
	readonly #all: number
	#current: number
	#ceiling: number
	#raiseCeilingAt = 0

	constructor(connections: number) {
		this.#all = connections
		this.#current = connections
		this.#ceiling = connections
	}

	get current(): number {
		return this.#current
	}

	startSlowly(): void {
		this.#current = 1
	}

	/** A message went through. */
	raise(): void {
		if (this.#ceiling < this.#all && performance.now() >= this.#raiseCeilingAt) {
			this.#ceiling += 1
			this.#raiseCeilingAt = performance.now() + raiseEveryMs
		}
		this.#current = Math.min(this.#current + 1, this.#ceiling)
	}

	/** So many connections were too many. */
	lowerBelow(inUse: number): void {
		this.#ceiling = Math.max(1, Math.min(this.#ceiling, inUse) - 1)
		this.#raiseCeilingAt = performance.now() + raiseEveryMs
	}
}
