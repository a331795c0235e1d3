import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { ConsentAction } from '../kernel/enumerations.ts'
import { addReceipt } from './store/receipts.ts'
import type { SubscriptionRecord } from './store/subscriptions.ts'

/** Writes the receipt of a change that asked for no consent. `digestId` is 0 where no digest led to it. */
export async function recordChange(
	tx: DatabaseOrTransaction,
	{ id, locale }: SubscriptionRecord,
	change: {
		action: ConsentAction
		/** What was chosen, as it stands from now on. */
		choices?: object | null
		page: string
		digestId: number
		ip: string | null
		at: Date
	},
): Promise<void> {
	const { digestId, page, ...rest } = change
	await addReceipt(tx, {
		...rest,
		subscriptionId: id,
		locale,
		page: digestId > 0 ? `${page} (digest ${digestId})` : page,
		wording: null,
		wordingVersion: null,
	})
}
