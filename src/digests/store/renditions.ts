import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'

/** A stored rendition, to be compiled into messages. */
export type StoredRendition = {
	id: number
	locale: Locale
	subject: string
	html: string
	text: string
	nonce: string
}

export async function selectRenditions(
	db: DatabaseOrTransaction,
	digestId: number,
): Promise<StoredRendition[]> {
	return db
		.selectFrom('renditions')
		.select(['id', 'locale', 'subject', 'html', 'text', 'slot_nonce as nonce'])
		.where('digest_id', '=', digestId)
		.execute()
}

/** The page "view in browser" of a digest in a language. */
export async function selectWebHtml(
	db: DatabaseOrTransaction,
	publicId: string,
	locale: Locale,
): Promise<string | undefined> {
	const row = await db
		.selectFrom('renditions')
		.innerJoin('digests', 'digests.id', 'renditions.digest_id')
		.select('web_html')
		.where('public_id', '=', publicId)
		.where('locale', '=', locale)
		.executeTakeFirst()
	return row?.web_html
}
