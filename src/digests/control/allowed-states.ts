import type { DigestState } from '../../kernel/enumerations.ts'

export type ControlAction = 'pause' | 'resume' | 'cancel' | 'reopen'

/** The states in which each action changes a digest. */
export const fromStates = {
	pause: ['planning', 'sending'],
	resume: ['paused'],
	cancel: ['planning', 'sending', 'paused'],
	/** For deliveries that are sent again; the state of a digest that is still being sent stays. */
	reopen: ['sending', 'completed'],
} as const satisfies Record<ControlAction, readonly DigestState[]>

/** The states in which nothing is left to do, so that asking twice is fine. */
export const doneStates: Record<ControlAction, readonly DigestState[]> = {
	pause: ['paused'],
	resume: ['planning', 'sending'],
	cancel: ['cancelled'],
	reopen: [],
}
