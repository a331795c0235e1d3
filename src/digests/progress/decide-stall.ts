/** How long a digest may make no progress though work is due. */
export const stalledAfterSeconds = 300

/** What is known of a digest that is not over, all by the database's clock. */
export type Quiet = {
	now: Date
	/** When a delivery was last brought to an end or put off, or when the digest came into its state if that was later. */
	quietSince: Date
	/** Since when the oldest work has been due; undefined where none is. */
	dueSince: Date | undefined
}

/** Since when a digest has made no progress though work is due; undefined where that is not long enough, or not so. */
export function decideStall({ now, quietSince, dueSince }: Quiet): Date | undefined {
	if (!dueSince) return undefined
	const since = dueSince > quietSince ? dueSince : quietSince
	return isLong(since, now) ? since : undefined
}

/** Whether it is worth asking what is due: while a digest makes progress it is not. */
export function isLong(since: Date, now: Date): boolean {
	return now.getTime() - since.getTime() >= stalledAfterSeconds * 1000
}
