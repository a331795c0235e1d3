/** How many jobs a queue holds. */
export type QueueState = {
	queue: string
	waiting: number
	active: number
	delayed: number
	failed: number
	/** Seconds that the oldest waiting job has been due; 0 where none waits. */
	oldestWaitingSeconds: number
}

/** A job whose tries are used up. It is kept for a day. */
export type FailedJob = {
	queue: string
	id: string
	name: string
	/** What it is about, by the names of its payload: ids alone. */
	ids: Record<string, string | number>
	failedAt: Date
	tries: number
	/** The error's first line, without secrets and addresses. */
	reason: string
}

/** What staff may see of the queues, and do about what failed in them. */
export type JobKeeper = {
	count(): Promise<QueueState[]>
	/** The newest first, so many of each queue at most. */
	listFailed(mostOfQueue: number): Promise<FailedJob[]>
	/** Lets a failed job wait again, with all its tries. Gives what it is; undefined where it is there no more, or did not fail. */
	retryFailed(queue: string, id: string): Promise<Pick<FailedJob, 'name' | 'ids'> | undefined>
}
