import { sql } from 'kysely'
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

/** Deletes the receipts that have no person any more, of whom the newest is from before a time. Gives how many. */
export async function deleteReceiptsOfGone(db: DatabaseOrTransaction, before: Date): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from consent_receipts r
		where subscription_id is null and at < ${before} and not exists (
			select from consent_receipts newer where newer.address_hash = r.address_hash
				and newer.newsletter_id is not distinct from r.newsletter_id and newer.at >= ${before}
		)`.execute(db)
	return Number(numAffectedRows ?? 0)
}
