import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { ConsentAction } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'

export type Receipt = {
	subscriptionId: number
	action: ConsentAction
	wording: string | null
	wordingVersion: number | null
	locale: Locale
	page: string
	ip: string | null
	/** What was chosen, as it stands from then on. */
	choices?: object | null
	at: Date
}

export async function addReceipt(db: DatabaseOrTransaction, receipt: Receipt): Promise<void> {
	await db
		.insertInto('consent_receipts')
		.values({
			subscription_id: receipt.subscriptionId,
			action: receipt.action,
			wording: receipt.wording,
			wording_version: receipt.wordingVersion,
			locale: receipt.locale,
			page: receipt.page,
			ip: receipt.ip,
			choices: receipt.choices ? JSON.stringify(receipt.choices) : null,
			at: receipt.at,
		})
		.execute()
}
