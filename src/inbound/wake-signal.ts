/** Wakes a loop that waits. Notified while nobody waits, it ends the next wait at once. */
export type WakeSignal = { notify(): void; wait(timeoutMs: number): Promise<void> }

export function createWakeSignal(): WakeSignal {
	let notified = false
	let wake: (() => void) | undefined
	return {
		notify: () => {
			notified = true
			wake?.()
		},
		wait: async (timeoutMs) => {
			if (!notified) {
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, timeoutMs)
					wake = () => {
						clearTimeout(timer)
						resolve()
					}
				})
			}
			wake = undefined
			notified = false
		},
	}
}
