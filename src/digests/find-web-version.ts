import type { Database } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import { selectWebHtml } from './store.ts'

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
