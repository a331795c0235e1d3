import { createRelay, type SendDeps, sendDigest } from '../src/deliveries/index.ts'
import type { JobCatalog, Processors } from '../src/jobs/catalog.ts'
import type { Jobs } from '../src/kernel/jobs.ts'
import type { Mailer } from '../src/kernel/mail.ts'

type Deps = Omit<SendDeps, 'relay'> & { mailer: Mailer; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** Sends what is due of a digest, then has recorded what was refused. All lanes of this process share its way out. */
export function sendDigestProcessor(deps: Deps): Processors['send-digest'] {
	const relay = createRelay(deps)
	return async (payload) => {
		await sendDigest({ ...deps, relay }, payload)
		const { digestId, lane } = payload
		await deps.jobs.enqueue('record-refusals', { digestId }, { dedupe: `${digestId}/${lane}` })
	}
}
