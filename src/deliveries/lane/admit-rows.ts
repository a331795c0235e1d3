import type { DomainBackoff } from '../pacing/domain-backoff.ts'
import type { DomainThrottle } from '../pacing/domain-throttle.ts'
import type { Claimed, Settled } from '../store/claims.ts'

export type Admission = {
	admitted: readonly Claimed[]
	putOff: Settled[]
	isRecovering: boolean
}

/** Puts off the rows whose domain may not be sent more now. */
export async function admitRows(
	{ domains, throttle }: { domains: DomainBackoff; throttle: DomainThrottle | undefined },
	claimed: readonly Claimed[],
): Promise<Admission> {
	if (claimed.length === 0) return { admitted: claimed, putOff: [], isRecovering: false }
	const ours = divide(claimed, await domains.admit(claimed), { forOthers: true })
	const isRecovering = ours.admitted.some(({ pausedAt }) => pausedAt !== null)
	if (!throttle || ours.admitted.length === 0) return { ...ours, isRecovering }
	const now = divide(ours.admitted, await throttle.admit(ours.admitted.map(({ domain }) => domain)))
	return { admitted: now.admitted, putOff: [...ours.putOff, ...now.putOff], isRecovering }
}

function divide(rows: readonly Claimed[], waits: readonly number[], { forOthers = false } = {}) {
	const putOff: Settled[] = []
	const admitted = rows.filter((row, index) => {
		const afterSeconds = waits[index] ?? 0
		if (afterSeconds > 0) putOff.push({ ...putBack(row), afterSeconds, forOthers })
		return afterSeconds === 0
	})
	return { admitted, putOff }
}

/** A row that no relay has been told of is due again at once. */
export function putBack({ subscriptionId, attempts }: Claimed): Extract<Settled, { kind: 'untouched' }> {
	return { subscriptionId, attempts, kind: 'untouched' }
}
