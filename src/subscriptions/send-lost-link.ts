import type { JobCatalog } from '../jobs/catalog.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashAddress } from '../kernel/keys.ts'
import type { Newsletter } from '../newsletters/index.ts'
import { type FormAnswer, judgeForm } from './judge-form.ts'
import { refuseFloods } from './limit-signups.ts'
import { mailboxOf } from './mailbox-of.ts'
import { noticeDelayMs } from './notice-delay.ts'
import { addLostLink } from './store/purposes.ts'
import { checkAddress, type SubscribeDeps } from './subscribe.ts'

export type LostLinkDeps = SubscribeDeps & {
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	config: { noticeSpreadSeconds: number }
}

type Lost = { newsletter: Newsletter; email: string; form?: FormAnswer; ip: string }

/** The queue has as much to do where there is nothing to send. */
const noNotice = Number.MAX_SAFE_INTEGER

/**
 * Mails the link to their choices to who lost it, or a new link to confirm to who has not yet. The same for every address,
 * known or not (mail-rules T2). Throws `invalid` for the address, and `limited` for what only a program can ask for.
 */
export async function sendLostLink(
	deps: LostLinkDeps,
	{ newsletter, email, form, ip }: Lost,
): Promise<EmailAddress> {
	const address = checkAddress(email)
	const now = deps.clock.now()
	const judgement = judgeForm(deps.keys, form, { now, minSeconds: deps.config.formMinSeconds })
	if (judgement === 'trapped') return address
	const networks = await refuseFloods(deps, ip)
	const found = await addLostLink(deps.db, {
		newsletterId: newsletter.id,
		comparable: address.comparable,
		mailboxHash: hashAddress(deps.keys, mailboxOf(address)),
		networks,
		hurried: judgement === 'hurried',
		now,
	})
	const noticeId = found ?? noNotice
	await deps.jobs.enqueue('send-notice', { noticeId }, { delayMs: noticeDelayMs(deps.config) })
	return address
}
