import { forgetReports } from '../bounces/index.ts'
import { forgetReplies } from '../deliveries/index.ts'
import type { CapturedMailer } from '../kernel/mail.ts'
import type { ForgetPerson } from '../subscriptions/index.ts'

/** What forgets a person who is erased, beside the subscriptions themselves. */
export function forgetPerson(captured: CapturedMailer | undefined): ForgetPerson[] {
	const forgetCaptured: ForgetPerson = async (_, { address }) => ({
		capturedMails: captured?.forget(address.comparable) ?? 0,
	})
	return [forgetReplies, forgetReports, ...(captured ? [forgetCaptured] : [])]
}
