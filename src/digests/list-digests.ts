import { AppError } from '../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Digest } from './digest.ts'
import { selectDigests } from './store/digests.ts'

type Deps = { db: DatabaseOrTransaction }

/** Digests of a newsletter, the newest first; those before a digest's id where `before` is given. */
export function listDigests(
	{ db }: Deps,
	newsletterId: number,
	{ before, limit = 50 }: { before?: number; limit?: number } = {},
): Promise<Digest[]> {
	return selectDigests(db, { newsletterId, before, limit })
}

/** The digest with this id; throws `not_found` where there is none. */
export async function getDigest({ db }: Deps, id: number): Promise<Digest> {
	const [digest] = await selectDigests(db, { id })
	if (!digest) throw new AppError('not_found', 'errors.digest.not_found', { params: { id } })
	return digest
}
