import { expect, test } from 'vitest'
import type { PageAnswer } from '../../../src/http/server/route.ts'

test('A page that is answered without one of its fields, or with a wrong one, does not compile', () => {
	const mail = { id: 1, capturedAt: new Date(), subject: 'S', from: 'a@example.org', to: 'b@example.org' }
	const right: PageAnswer = { page: 'operation/mailbox-mail', locale: 'en', data: { mail } }
	// @ts-expect-error the mail is missing
	const missing: PageAnswer = { page: 'operation/mailbox-mail', locale: 'en', data: {} }
	// @ts-expect-error these are the data of another page
	const wrong: PageAnswer = { page: 'operation/mailbox', locale: 'en', data: { mail } }
	expect([right, missing, wrong]).toHaveLength(3)
})
