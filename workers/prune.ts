import { type PruneDeps, pruneUnconfirmed } from '../src/subscriptions/index.ts'

/** Forgets what is not needed any more. */
export async function prune(deps: PruneDeps): Promise<void> {
	await pruneUnconfirmed(deps)
}
