/** Wakes whoever waits; rung while nobody does, it wakes the next at once. */
export type Bell = { ring(): void; rungOrAfter(waitMs: number): Promise<void> }

export function createBell(): Bell {
	let rung = false
	let wake: (() => void) | undefined
	return {
		ring: () => {
			rung = true
			wake?.()
		},
		rungOrAfter: async (waitMs) => {
			if (!rung) {
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, waitMs)
					wake = () => {
						clearTimeout(timer)
						resolve()
					}
				})
			}
			wake = undefined
			rung = false
		},
	}
}
