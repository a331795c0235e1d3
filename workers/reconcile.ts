import { reconcileBounces } from '../src/bounces/index.ts'
import { reconcileDeliveries } from '../src/deliveries/index.ts'
import { reconcileDrafts, reconcileSchedules } from '../src/digests/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'
import { reconcileStaffMails } from '../src/staff/index.ts'
import {
	endQuietAttack,
	reconcileImports,
	reconcileNotices,
	recordSignups,
	remindUnconfirmed,
} from '../src/subscriptions/index.ts'
import { reconcileWebhooks } from '../src/webhooks/index.ts'
import { lanesFor } from './lanes-for.ts'

type Deps = Parameters<typeof reconcileDeliveries>[0] &
	Parameters<typeof reconcileSchedules>[0] &
	Parameters<typeof reconcileBounces>[0] &
	Parameters<typeof reconcileNotices>[0] &
	Parameters<typeof recordSignups>[0] &
	Parameters<typeof remindUnconfirmed>[0] &
	Parameters<typeof endQuietAttack>[0] &
	Parameters<typeof reconcileWebhooks>[0] &
	Parameters<typeof lanesFor>[0]

/** Puts back what the queue has lost; what fails for one does not keep the others from it. */
export function reconcileProcessor(deps: Deps): Processors['reconcile'] {
	return async () => {
		const parts = [
			() => recordSignups(deps),
			() => reconcileNotices(deps),
			() => remindUnconfirmed(deps),
			() => endQuietAttack(deps),
			() => reconcileDeliveries({ ...deps, lanes: lanesFor(deps) }),
			() => reconcileBounces(deps),
			() => reconcileSchedules(deps),
			() => reconcileDrafts(deps),
			() => reconcileImports(deps),
			() => reconcileStaffMails(deps),
			() => reconcileWebhooks(deps),
		]
		const errors: unknown[] = []
		for (const part of parts) await part().catch((error) => errors.push(error))
		if (errors.length > 0) throw new AggregateError(errors, 'not everything could be reconciled')
	}
}
