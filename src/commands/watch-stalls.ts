import { reportStalls } from '../digests/index.ts'

const everyMs = 30_000

/**
 * Looks every half minute whether a digest makes no progress, in any process that stays up: where all workers are dead,
 * the API says so.
 */
export function watchStalls(deps: Parameters<typeof reportStalls>[0]): { stop(): void } {
	let looking = false
	const look = async () => {
		if (looking) return
		looking = true
		await reportStalls(deps).catch((error) =>
			deps.log.warn({ err: error }, 'whether digests make progress can’t be found out'),
		)
		looking = false
	}
	const timer = setInterval(look, everyMs).unref()
	return { stop: () => clearInterval(timer) }
}
