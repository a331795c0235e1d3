/** A relay that did not keep to what it offers is spoken to one command at a time for so long, then tried once more. */
const distrustMs = 3_600_000

export type Distrust = {
	isOn(): boolean
	/** The relay's own words, or what happened, for the log. */
	begin(what: string): void
}

/** Remembers that a relay can't be sent groups of commands; `tell` hears of it each time that this begins. */
export function createDistrust(tell?: (what: string) => void): Distrust {
	let until = Number.NEGATIVE_INFINITY
	const isOn = () => performance.now() < until
	return {
		isOn,
		begin: (what) => {
			const begins = !isOn()
			until = performance.now() + distrustMs
			if (begins) tell?.(what)
		},
	}
}
