import { setTimeout as wait } from 'node:timers/promises'
import type { ProgressAnswer, ProgressEvent } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { createProgressDisplay, endedOf } from './progress-display.ts'
import type { StaffApi } from './with-staff-api.ts'

/** `waiting`: what is left has been put off by a relay for longer than a person waits. */
export type Followed = { progress: ProgressAnswer; waiting: boolean }

/** How long a person waits while nothing moves. */
const patientMs = 60_000
const askAgainMs = 500

/**
 * Waits for a digest and shows how far it is. Ends when it is over or, unless somebody `staysOn`, when nothing has moved
 * for a minute.
 */
export async function followDigest(
	api: Pick<StaffApi, 'get' | 'events'>,
	id: number,
	context: CommandContext,
	{ staysOn = false }: { staysOn?: boolean } = {},
): Promise<Followed> {
	const display = createProgressDisplay(context)
	let latest: ProgressEvent | undefined
	let movedAt = Date.now()
	let over = false
	let waiting = false
	while (!over && !waiting) {
		for await (const event of api.events(`/digests/${id}/events`)) {
			if (event !== 'heartbeat') {
				const progress = event.data as ProgressEvent
				if (progress.sending > 0 || !latest || endedOf(progress) !== endedOf(latest)) movedAt = Date.now()
				over = event.event !== 'progress'
				latest = progress
				display.show(progress)
			}
			waiting = !over && !staysOn && Date.now() - movedAt > patientMs
			if (waiting) break
		}
		// a process that stops ends its streams: whoever runs next is asked again
		if (!over && !waiting) await wait(askAgainMs)
	}
	display.end()
	return { progress: await api.get<ProgressAnswer>(`/digests/${id}`), waiting }
}
