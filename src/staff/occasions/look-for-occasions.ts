import type { JobCatalog } from '../../jobs/catalog.ts'
import { mayDo } from '../../kernel/actor.ts'
import { addSeconds } from '../../kernel/clock.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { insertOccasion, type Recipient, selectOpenMails, selectRecipients } from '../store/occasions.ts'
import { findOccasions, type Occasion, type OccasionDeps } from './find-occasions.ts'
import { wantsMail } from './wants-mail.ts'

/** So long a mail may be on its way; then whoever sent it is taken to have crashed. */
export const underWaySeconds = 600

/**
 * Finds what staff is to be told of, and writes down, once, who is: what was found before is not told to those who come
 * later, or choose otherwise then. Whatever is due goes to the queue, what it has lost as well.
 */
export async function lookForOccasions(
	deps: OccasionDeps & { jobs: Pick<Jobs<JobCatalog>, 'enqueue'> },
): Promise<void> {
	const { db, clock, jobs } = deps
	const recipients = await selectRecipients(db)
	for (const occasion of recipients.length > 0 ? await findOccasions(deps) : []) {
		const memberIds = recipients.filter((each) => isFor(each, occasion)).map(({ member }) => member.id)
		await db.transaction().execute((tx) => insertOccasion(tx, { ...occasion, memberIds, now: clock.now() }))
	}
	const lost = addSeconds(clock.now(), -underWaySeconds)
	for (const mailId of await selectOpenMails(db, { lost })) {
		await jobs.enqueue('send-occasion-mail', { mailId }, { dedupe: String(mailId) })
	}
}

function isFor({ member, choices }: Recipient, occasion: Occasion): boolean {
	const { audience } = occasion
	if (audience && 'only' in audience && audience.only !== member.id) return false
	if (audience && 'sendersBut' in audience) {
		if (audience.sendersBut === member.id || !mayDo(member, 'digests.send')) return false
	}
	return wantsMail(member, choices, occasion)
}
