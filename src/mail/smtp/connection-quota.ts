/** What was learnt is tried anew after so long. */
const keepMs = 3_600_000

/**
 * How many messages a relay takes over one connection, learnt from where it ends them: once it has done so twice after
 * the same number, later connections are ended by us before that, so that no message is on its way when it does.
 */
export function createConnectionQuota(): {
	most(): number | undefined
	learn(after: number): void
} {
	let last: number | undefined
	let quota: number | undefined
	let until = Number.NEGATIVE_INFINITY
	return {
		most: () => (performance.now() < until ? quota : undefined),
		learn: (after) => {
			if (after === last) {
				quota = after
				until = performance.now() + keepMs
			}
			last = after
		},
	}
}
