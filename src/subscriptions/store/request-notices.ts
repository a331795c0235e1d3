import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { AskedNotice } from './notices.ts'

type RequestNotice = Omit<AskedNotice, 'hurried' | 'unproven'> & { requestId: number }

/** A mail that a request brings about, due now. */
export async function addRequestNotice(tx: DatabaseOrTransaction, asked: RequestNotice): Promise<number> {
	const { id } = await tx
		.insertInto('notices')
		.values({
			subscription_id: asked.subscriptionId,
			request_id: asked.requestId,
			mailbox_hash: asked.mailboxHash,
			locale: asked.locale,
			networks: [...asked.networks],
			due_at: asked.now,
			created_at: asked.now,
		})
		.returning('id')
		.executeTakeFirstOrThrow()
	return id
}

/** Ends the mails of requests that others have taken the place of, where they have not gone out. */
export async function withholdNoticesOf(
	tx: DatabaseOrTransaction,
	requestIds: readonly number[],
	now: Date,
): Promise<void> {
	if (requestIds.length === 0) return
	await tx
		.updateTable('notices')
		.set({ state: 'withheld', reply: 'asked for anew', finished_at: now, networks: null })
		.where('request_id', 'in', requestIds)
		.where('state', '=', 'due')
		.execute()
}
