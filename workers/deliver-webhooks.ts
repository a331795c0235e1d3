import type { Processors } from '../src/jobs/catalog.ts'
import { type DeliverDeps, deliverWebhooks } from '../src/webhooks/index.ts'

/** Tells an endpoint what is due. What the other side does is kept with the message: it never makes the job fail. */
export function deliverWebhooksProcessor(deps: DeliverDeps): Processors['deliver-webhooks'] {
	return ({ endpointId }) => deliverWebhooks(deps, endpointId)
}
