import { planDigest } from '../src/deliveries/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'
import { lanesFor } from './lanes-for.ts'

type Deps = Parameters<typeof planDigest>[0] & Parameters<typeof lanesFor>[0]

/** Freezes who is sent a digest, and starts sending it. */
export function planDigestProcessor(deps: Deps): Processors['plan-digest'] {
	return ({ digestId }) => planDigest({ ...deps, lanes: lanesFor(deps) }, digestId)
}
