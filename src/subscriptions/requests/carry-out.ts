import { hashToken } from '../../kernel/keys.ts'
import { repeatTransaction } from '../../kernel/repeat-transaction.ts'
import { type EraseDeps, erasePerson } from '../readers/erase-reader.ts'
import { type Reader, readPerson } from '../readers/show-reader.ts'
import { lockPerson } from '../readers/store/erasing.ts'
import { findRequest } from './store.ts'
import { judgeRequest, type RequestDeps, type RequestView, toRequestView } from './view-request.ts'

/** A reader's own data, where the link shows it. */
export type OwnData = { view: RequestView; reader: Reader | undefined }

/**
 * All that is kept of a reader, by the link that they asked for and got (GDPR art. 15 and 20). Looking changes nothing, and
 * may be repeated while the link lasts. Undefined where there is no such link.
 */
export async function readOwnData(
	{ db, clock, keys }: RequestDeps,
	{ token }: { token: string },
): Promise<OwnData | undefined> {
	const request = await findRequest(db, hashToken(keys, token))
	if (request?.kind !== 'send_data') return undefined
	const view = toRequestView(request, clock.now())
	return { view, reader: view.standing === 'open' ? await readPerson(db, request.subscriberId) : undefined }
}

/**
 * Erases a reader by the link that they asked for and got (GDPR art. 17); what it did is in `erased`. Undefined where there is no
 * such link, as after it was done: a link to a person who was erased is one that nobody knows.
 */
export async function eraseByRequest(
	deps: EraseDeps,
	{ token }: { token: string },
): Promise<{ view: RequestView; erased: Record<string, number> | undefined } | undefined> {
	const tokenHash = hashToken(deps.keys, token)
	return repeatTransaction(deps.db, async (tx) => {
		const found = await findRequest(tx, tokenHash)
		if (found?.kind !== 'erase') return undefined
		await lockPerson(tx, found.address.comparable)
		const request = await findRequest(tx, tokenHash)
		if (request?.kind !== 'erase') return undefined
		const now = deps.clock.now()
		const view = toRequestView(request, now)
		if (judgeRequest(request, now) !== 'open') return { view, erased: undefined }
		const { erased } = await erasePerson(tx, deps, { address: request.address, page: 'erasure by link' })
		return { view: { ...view, standing: 'done' }, erased }
	})
}
