import { createHash } from 'node:crypto'
import type { Locale } from '../kernel/messages.ts'

/**
 * What a variant is known by within its digest: the same for the same stories in the same order and language. SHA-256, in
 * hex, of `LOCALE:ID,ID,…`; migration 0009 writes the same.
 */
export function variantKey({
	locale,
	stories,
}: {
	locale: Locale
	stories: ReadonlyArray<{ id: number }>
}): string {
	return createHash('sha256')
		.update(`${locale}:${stories.map(({ id }) => id).join(',')}`)
		.digest('hex')
}
