/** After so long one more connection than the relay liked is tried. */
const raiseEveryMs = 600_000

/**
 * How many connections of a relay may be in use: after a pause one, then one more for each message that goes
 * through, and always fewer than the relay has called too many.
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

	raise(): void {
		if (this.#ceiling < this.#all && performance.now() >= this.#raiseCeilingAt) {
			this.#ceiling += 1
			this.#raiseCeilingAt = performance.now() + raiseEveryMs
		}
		this.#current = Math.min(this.#current + 1, this.#ceiling)
	}

	lowerBelow(inUse: number): void {
		this.#ceiling = Math.max(1, Math.min(this.#ceiling, inUse) - 1)
		this.#raiseCeilingAt = performance.now() + raiseEveryMs
	}
}
