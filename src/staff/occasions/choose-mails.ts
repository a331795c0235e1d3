import { recordAudit } from '../../audit/index.ts'
import type { Member } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { OccasionKind } from '../../kernel/occasions.ts'
import { findMailChoices, setMailChoices } from '../store/occasions.ts'
import { type MailChoices, offeredMails } from './wants-mail.ts'

/** The mails that a member may choose from, and which of them they get. */
export async function readMailChoices(
	{ db }: { db: Database },
	member: Member,
): Promise<Array<{ kind: OccasionKind; chosen: boolean }>> {
	return offeredMails(member, await findMailChoices(db, member.id))
}

/** Sets which mails a member gets. What they are not offered stays as it is. */
export async function chooseMails(
	{ db, clock }: { db: Database; clock: Clock },
	member: Member,
	wanted: readonly OccasionKind[],
): Promise<void> {
	await db.transaction().execute(async (tx) => {
		const before = await findMailChoices(tx, member.id)
		const chosen = offeredMails(member, before).map(({ kind }) => [kind, wanted.includes(kind)])
		const choices: MailChoices = { ...before, ...Object.fromEntries(chosen) }
		await setMailChoices(tx, member.id, choices)
		const entry = { actor: member, action: 'choose-mails' as const, subject: `member:${member.id}` }
		await recordAudit({ db: tx, clock }, entry)
	})
}
