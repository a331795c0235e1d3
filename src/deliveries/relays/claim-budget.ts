/**
 * How many rows of the ledger the lanes of a process may have claimed together. They say `sending`, and after a crash
 * they are in doubt: so they must stay few.
 */
export class ClaimBudget {
	readonly #total: number
	readonly #lanes: () => number
	readonly #onRelease: () => void
	#left: number

	constructor(total: number, { lanes, onRelease }: { lanes: () => number; onRelease: () => void }) {
		this.#total = total
		this.#lanes = lanes
		this.#onRelease = onRelease
		this.#left = total
	}

	/** How many rows a lane should have claimed at most, as many lanes as there are. */
	share(): number {
		return Math.max(1, Math.floor(this.#total / Math.max(1, this.#lanes())))
	}

	/** Takes room for up to `wanted` rows, and gives for how many there was some. */
	take(wanted: number): number {
		const taken = Math.min(wanted, this.#left)
		this.#left -= taken
		return taken
	}

	release(count: number): void {
		this.#left += count
		if (count > 0) this.#onRelease()
	}
}
