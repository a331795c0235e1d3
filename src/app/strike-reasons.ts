import type { JobKeeper } from '../kernel/job-keeper.ts'

/** The jobs as staff may see them: an error can repeat a password, or the address that it was about. */
export function strikeReasons(keeper: JobKeeper, strike: (text: string) => string): JobKeeper {
	return {
		count: keeper.count,
		retryFailed: keeper.retryFailed,
		listFailed: async (mostOfQueue) => {
			const failed = await keeper.listFailed(mostOfQueue)
			return failed.map((job) => ({ ...job, reason: strike(job.reason) }))
		},
	}
}
