import { expect } from 'vitest'

/** What every page of a link with a token answers with (mail-rules T1). */
export function expectPrivate(headers: Record<string, string>): void {
	expect(headers).toMatchObject({
		'referrer-policy': 'no-referrer',
		'cache-control': 'no-store',
		'x-robots-tag': 'noindex',
	})
}
