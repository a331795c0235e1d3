import { createRelay, type SendDeps, sendDigest } from '../src/deliveries/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'
import type { Mailer } from '../src/kernel/mail.ts'

type Deps = Omit<SendDeps, 'relay'> & { mailer: Mailer }

/** Sends what is due of a digest. All lanes of this process share its way out. */
export function sendDigestProcessor(deps: Deps): Processors['send-digest'] {
	const relay = createRelay(deps)
	return async (payload) => void (await sendDigest({ ...deps, relay }, payload))
}
