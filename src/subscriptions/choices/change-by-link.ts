import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ConsentAction } from '../../kernel/enumerations.ts'
import { recordChange } from '../record-change.ts'
import { holdSubscription } from './hold-reader.ts'
import { readPreferencesToken } from './preferences-url.ts'
import {
	type ChoicesDeps,
	type ChoicesView,
	type Found,
	findWithChoices,
	toChoicesView,
} from './view-choices.ts'

/** Who asks, and from where. */
export type Asking = { token: string; page: string; ip: string }

/** `stale`: nothing was changed, for the choices are not those any more that the page showed. */
export type ChoicesOutcome = 'changed' | 'unchanged' | 'stale'

export type ChoicesAnswer = { outcome: ChoicesOutcome; view: ChoicesView }

/** What a change did; with what its receipt holds beside who and when. */
export type Done = { action: ConsentAction; choices: object | null } | 'unchanged' | 'stale'

type Change = (tx: DatabaseOrTransaction, found: Found, now: Date) => Promise<Done>

/**
 * Runs a change of what a reader gets, alone, by the signed link; writes a receipt where anything was changed. `hold`: what the
 * change needs for itself, the subscription where nothing is said.
 */
export async function changeByLink(
	{ db, clock, keys, config }: ChoicesDeps,
	{ token, page, ip }: Asking,
	change: Change,
	hold = holdSubscription,
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	const link = readPreferencesToken(keys, token)
	if (!link) return 'forged'
	const { subscriptionId, digestId } = link
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		const before = await hold(tx, subscriptionId)
		if (!before) return 'erased'
		const show = { digestId, now }
		// who has left has nothing to choose
		const done = before.subscription.state === 'active' ? await change(tx, before, now) : 'unchanged'
		if (typeof done === 'string') return { outcome: done, view: await toChoicesView(tx, before, show) }
		const receipt = { ...done, page, digestId, ip: config.recordIp ? ip : null, at: now }
		await recordChange(tx, before.subscription, receipt)
		const after = (await findWithChoices(tx, subscriptionId)) ?? before
		return { outcome: 'changed', view: await toChoicesView(tx, after, show) }
	})
}
