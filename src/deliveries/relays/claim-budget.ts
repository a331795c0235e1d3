/**
 * How many rows the lanes of a process may have claimed together. After a crash these are in doubt, so they must be
 * few.
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

	share(): number {
		return Math.max(1, Math.floor(this.#total / Math.max(1, this.#lanes())))
	}

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
