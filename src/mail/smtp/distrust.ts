/** A relay that did not keep to what it offers is spoken to one command at a time for so long, then tried once more. */
const distrustSeconds = 3_600

/** Hears that a relay does not keep to what it offers: its own words, or what happened, and for how long it is remembered. */
export type HearOutOfStep = (what: string, seconds: number) => void

export type Distrust = {
	isOn(): boolean
	begin(what: string): void
}

/** Remembers that a relay can't be sent groups of commands; `tell` hears of it each time that this begins. */
export function createDistrust(tell?: HearOutOfStep): Distrust {
	let until = Number.NEGATIVE_INFINITY
	const isOn = () => performance.now() < until
	return {
		isOn,
		begin: (what) => {
			// what was under way when it was found out tells nothing new
			if (isOn()) return
			until = performance.now() + distrustSeconds * 1_000
			tell?.(what, distrustSeconds)
		},
	}
}
