import type { JobCatalog } from '../../jobs/catalog.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashAddress, hashToken } from '../../kernel/keys.ts'
import { liftSuppression } from '../../suppressions/index.ts'
import { mailboxOf } from '../mailbox-of.ts'
import { addRequestNotice } from '../store/request-notices.ts'
import { lockAddresses, lockPersons } from '../store/subscribers.ts'
import { moveBack, moveSubscriptions } from './move-subscriptions.ts'
import { findRequest, markRequestUndone, markRequestUsed, type ReaderRequest } from './store.ts'
import { judgeRequest, type RequestDeps, type RequestView, toRequestView } from './view-request.ts'

export type ChangeAddressDeps = RequestDeps & {
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	config: { recordIp: boolean }
}

type Following = { token: string; ip: string }

/**
 * Changes a reader's address by the link that the new one got; the old one is told, and can take it back for a week. Ends a
 * suppression of the new address that came from a mailbox thought dead. A second time changes nothing. Undefined where there
 * is no such link.
 */
export async function confirmAddressChange(
	deps: ChangeAddressDeps,
	{ token, ip }: Following,
): Promise<RequestView | undefined> {
	const { db, keys, config } = deps
	const tokenHash = hashToken(keys, token)
	const now = deps.clock.now()
	const done = await db.transaction().execute(async (tx) => {
		const found = await findRequest(tx, tokenHash)
		if (!found?.newSubscriberId || found.byUndoLink) return undefined
		await lockBoth(tx, found)
		const request = await findRequest(tx, tokenHash)
		if (!request?.newSubscriberId || !request.newAddressHash) return undefined
		if (judgeRequest(request, now) !== 'open') return { view: toRequestView(request, now) }

		const persons = { from: request.subscriberId, to: request.newSubscriberId }
		const doing = { page: 'change of address', ip: config.recordIp ? ip : null, now }
		const moves = await moveSubscriptions(tx, persons, doing)
		const { newAddressHash: addressHash, newSuppression: reason } = request
		if (reason) await liftSuppression(tx, { addressHash, reason, at: now })
		await markRequestUsed(tx, request.id, { at: now, moves })
		const noticeId = await addRequestNotice(tx, {
			subscriptionId: request.subscriptionId,
			requestId: request.id,
			mailboxHash: hashAddress(keys, mailboxOf(request.address)),
			locale: request.locale,
			networks: [],
			now,
		})
		return { view: toRequestView({ ...request, usedAt: now }, now), noticeId }
	})
	if (done?.noticeId !== undefined) await deps.jobs.enqueue('send-notice', { noticeId: done.noticeId })
	return done?.view
}

/** Takes a change of address back by the link that the old one got. A second time changes nothing. */
export async function undoAddressChange(
	{ db, clock, keys, config }: ChangeAddressDeps,
	{ token, ip }: Following,
): Promise<RequestView | undefined> {
	const tokenHash = hashToken(keys, token)
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		const found = await findRequest(tx, tokenHash)
		if (!found?.newSubscriberId || !found.byUndoLink) return undefined
		await lockBoth(tx, found)
		const request = await findRequest(tx, tokenHash)
		if (!request?.newSubscriberId) return undefined
		if (judgeRequest(request, now) !== 'open') return toRequestView(request, now)
		const persons = { from: request.subscriberId, to: request.newSubscriberId }
		const doing = { page: 'change of address taken back', ip: config.recordIp ? ip : null, now }
		await moveBack(tx, persons, request.moves ?? [], doing)
		await markRequestUndone(tx, request.id, now)
		return toRequestView({ ...request, undoneAt: now }, now)
	})
}

async function lockBoth(tx: DatabaseOrTransaction, request: ReaderRequest): Promise<void> {
	const { address, newAddress, subscriberId, newSubscriberId } = request
	await lockAddresses(
		tx,
		[address, newAddress ?? address].map(({ comparable }) => comparable),
	)
	await lockPersons(tx, [subscriberId, newSubscriberId ?? subscriberId])
}
