import type { JobCatalog } from '../../jobs/catalog.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashAddress, hashToken } from '../../kernel/keys.ts'
import { Overtaken, repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { liftSuppression } from '../../suppressions/index.ts'
import { mailboxOf } from '../mailbox-of.ts'
import { carryGivenName, takeGivenNameBack } from '../store/given-names.ts'
import { addRequestNotice } from '../store/request-notices.ts'
import { lockAddresses, lockPersons } from '../store/subscribers.ts'
import { moveBack } from './move-back.ts'
import { moveSubscriptions } from './move-subscriptions.ts'
import {
	type CarriedOutChange,
	endOpenRequests,
	findRequest,
	markRequestUndone,
	markRequestUsed,
	type ReaderRequest,
	selectChangesSince,
} from './store.ts'
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
	const done = await repeatTransaction(db, async (tx) => {
		const found = await findRequest(tx, tokenHash)
		if (!found?.newSubscriberId || found.byUndoLink) return undefined
		await lockBoth(tx, found)
		const request = await findRequest(tx, tokenHash)
		if (!request?.newSubscriberId || !request.newAddressHash) return undefined
		if (judgeRequest(request, now) !== 'open') return { view: toRequestView(request, now) }

		const persons = { from: request.subscriberId, to: request.newSubscriberId }
		const doing = { page: 'change of address', ip: config.recordIp ? ip : null, now }
		const moves = await moveSubscriptions(tx, persons, doing)
		await carryGivenName(tx, persons)
		const { newAddressHash: addressHash, newSuppression: reason } = request
		if (reason) await liftSuppression(tx, { addressHash, reason, at: now })
		await markRequestUsed(tx, request.id, { at: now, moves })
		// who erased the old address by it would not erase what has moved
		await endOpenRequests(tx, { subscriberId: request.subscriberId, kinds: ['erase', 'change_address'], now })
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
	return repeatTransaction(db, async (tx) => {
		const found = await findRequest(tx, tokenHash)
		if (!found?.newSubscriberId || !found.byUndoLink) return undefined
		const changes = await holdChanges(tx, found.id)
		const request = await findRequest(tx, tokenHash)
		if (!request) return undefined
		if (judgeRequest(request, now) !== 'open') return toRequestView(request, now)
		const doing = { page: 'change of address taken back', ip: config.recordIp ? ip : null, now }
		const moved = new Set(request.moves?.map(({ id }) => id))
		// what went on from the new address first
		for (const { usedAt, moves, ...persons } of changes) {
			const own = moves.filter(({ id }) => moved.has(id))
			await moveBack(tx, persons, { moves: own, movedAt: usedAt }, doing)
			await takeGivenNameBack(tx, persons)
		}
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

/** Holds all persons to whom subscriptions went by a change of address, and on from there. Gives the changes, the last first. */
async function holdChanges(tx: DatabaseOrTransaction, requestId: number): Promise<CarriedOutChange[]> {
	const before = await selectChangesSince(tx, requestId)
	const ids = before.flatMap(({ from, to }) => [from, to])
	await lockAddresses(
		tx,
		before.flatMap(({ addresses }) => addresses),
	)
	await lockPersons(tx, ids)
	const now = await selectChangesSince(tx, requestId)
	if (now.some(({ to }) => !ids.includes(to))) throw new Overtaken()
	return now
}
