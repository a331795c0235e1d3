import type { Database } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import { selectLatestDigest } from './store/digests.ts'
import { selectWebHtml } from './store/renditions.ts'

/**
 * The whole HTML page of a digest in a language, as it was sent but without any reader's own links; undefined where
 * there is none. `publicId` and `keyStart` are those in the address `/digests/PUBLIC_ID/LOCALE?variant=KEY_START`; without
 * the latter it is what readers got who chose nothing.
 */
export function findWebVersion(
	{ db }: { db: Database },
	publicId: string,
	locale: Locale,
	keyStart?: string,
): Promise<string | undefined> {
	return selectWebHtml(db, { publicId, locale, keyStart })
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
