import { raiseRelayAlert } from '../src/alerts/index.ts'
import {
	createDailyCeiling,
	createDomainThrottle,
	RelayPool,
	type SendDeps,
	sendDigest,
} from '../src/deliveries/index.ts'
import type { JobCatalog, Processors } from '../src/jobs/catalog.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import type { Mailer } from '../src/kernel/mail.ts'
import type { DomainRate, Rate, TokenBuckets } from '../src/kernel/rate.ts'
import type { WarmUp } from '../src/kernel/warm-up.ts'

type Deps = Omit<SendDeps, 'relays' | 'throttle'> & {
	mailer: Mailer
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	buckets: TokenBuckets
	config: { relayRate: Rate | undefined; domainRates: readonly DomainRate[]; warmUp: WarmUp | undefined }
}

/** How long a lane that its process has no use for is left to others. */
const leftForMs = 5_000

/**
 * Sends what is due of a digest, then has recorded what was refused. One lane of a digest keeps all connections of this
 * process busy: a second would only make batches smaller, and is left to other processes. Digests share the relays.
 */
export function sendDigestProcessor(deps: Deps): Processors['send-digest'] {
	const { buckets, config } = deps
	const limit = config.relayRate && { buckets, rate: config.relayRate }
	const ceiling = config.warmUp && createDailyCeiling(deps.db, config.warmUp)
	const relays = new RelayPool(deps, { limit, ceiling, onHold: (hold) => raiseRelayAlert(deps, hold) })
	const throttle =
		config.domainRates.length > 0 ? createDomainThrottle(buckets, config.domainRates) : undefined
	const underWay = new Set<number>()
	return async (payload) => {
		const { digestId, lane } = payload
		if (underWay.has(digestId)) return { leftForMs }
		underWay.add(digestId)
		try {
			await sendDigest({ ...deps, relays, throttle }, payload)
		} finally {
			underWay.delete(digestId)
		}
		await deps.jobs.enqueue('record-refusals', { digestId }, { dedupe: `${digestId}/${lane}` })
		return undefined
	}
}
