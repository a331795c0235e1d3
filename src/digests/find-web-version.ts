import type { Database } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import { selectLatestDigest } from './store/digests.ts'
import { selectWebHtml } from './store/renditions.ts'

/**
 * The whole HTML page of a digest in a language, as it was sent but without any reader's own links; undefined where
 * there is none. `publicId` is the one in the address `/digests/PUBLIC_ID/LOCALE`.
 */
export function findWebVersion(
	{ db }: { db: Database },
	publicId: string,
	locale: Locale,
): Promise<string | undefined> {
	return selectWebHtml(db, publicId, locale)
}

/** The digest that a new reader may begin with, and the path of its page; undefined where none has gone out. */
export async function findLatestDigest(
	{ db }: { db: Database },
	newsletterId: number,
	locale: Locale,
): Promise<{ path: string; createdAt: Date } | undefined> {
	const latest = await selectLatestDigest(db, newsletterId, locale)
	return latest && { path: `/digests/${latest.publicId}/${locale}`, createdAt: latest.createdAt }
}
