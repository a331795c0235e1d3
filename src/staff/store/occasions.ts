import type { Member } from '../../kernel/actor.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Occasion } from '../occasions/find-occasions.ts'
import type { MailChoices } from '../occasions/wants-mail.ts'
import { hasComeIn } from './members.ts'

/** A member who can sign in, with where their mail goes and what they chose. */
export type Recipient = { member: Member; email: string; locale: Locale; choices: MailChoices }

export async function selectRecipients(db: DatabaseOrTransaction, id?: number): Promise<Recipient[]> {
	let query = db
		.selectFrom('staff_members')
		.select(['id', 'name', 'email', 'role', 'newsletter_ids', 'locale', 'mail_choices'])
		.where('removed_at', 'is', null)
		.where(hasComeIn)
		.orderBy('id')
	if (id !== undefined) query = query.where('id', '=', id)
	const rows = await query.execute()
	return rows.map((row) => ({
		member: { kind: 'member', id: row.id, name: row.name, role: row.role, newsletterIds: row.newsletter_ids },
		email: row.email,
		locale: row.locale,
		choices: row.mail_choices,
	}))
}

export async function findMailChoices(db: DatabaseOrTransaction, memberId: number): Promise<MailChoices> {
	const row = await db
		.selectFrom('staff_members')
		.select('mail_choices')
		.where('id', '=', memberId)
		.executeTakeFirst()
	return row?.mail_choices ?? {}
}

export async function setMailChoices(
	db: DatabaseOrTransaction,
	memberId: number,
	choices: MailChoices,
): Promise<void> {
	const mail_choices = JSON.stringify(choices)
	await db.updateTable('staff_members').set({ mail_choices }).where('id', '=', memberId).execute()
}

/** Writes down an occasion with a mail for each of these members, once: one that is known stays as it was. */
export async function insertOccasion(
	tx: DatabaseOrTransaction,
	{ memberIds, now, ...occasion }: Occasion & { memberIds: readonly number[]; now: Date },
): Promise<void> {
	const made = await tx
		.insertInto('staff_occasions')
		.values({
			occasion_key: occasion.key,
			kind: occasion.kind,
			newsletter_id: occasion.newsletterId,
			subject_id: occasion.subjectId,
			found_at: now,
		})
		.onConflict((conflict) => conflict.column('occasion_key').doNothing())
		.returning('id')
		.executeTakeFirst()
	if (!made || memberIds.length === 0) return
	const mails = memberIds.map((member_id) => ({ occasion_id: made.id, member_id, changed_at: now }))
	await tx.insertInto('staff_occasion_mails').values(mails).execute()
}

/** Mails that are due, and those under way since before `lost`. */
export async function selectOpenMails(
	db: DatabaseOrTransaction,
	{ lost }: { lost: Date },
): Promise<number[]> {
	const rows = await db
		.selectFrom('staff_occasion_mails')
		.select('id')
		.where('state', 'in', ['due', 'sending'])
		.where((eb) => eb.or([eb('state', '=', 'due'), eb('changed_at', '<', lost)]))
		.orderBy('id')
		.limit(500)
		.execute()
	return rows.map(({ id }) => id)
}

/** A mail and what it is about. */
export type OccasionMail = Occasion & { id: number; memberId: number; foundAt: Date }

/** Takes a mail that is due, or was left under way since before `lost`; undefined for whoever comes second. */
export async function claimMail(
	tx: DatabaseOrTransaction,
	id: number,
	{ lost, now }: { lost: Date; now: Date },
): Promise<OccasionMail | undefined> {
	const claimed = await tx
		.updateTable('staff_occasion_mails')
		.set({ state: 'sending', changed_at: now })
		.where('id', '=', id)
		.where((eb) =>
			eb.or([eb('state', '=', 'due'), eb.and([eb('state', '=', 'sending'), eb('changed_at', '<', lost)])]),
		)
		.returning(['occasion_id', 'member_id'])
		.executeTakeFirst()
	if (!claimed) return undefined
	const occasion = await tx
		.selectFrom('staff_occasions')
		.selectAll()
		.where('id', '=', claimed.occasion_id)
		.executeTakeFirstOrThrow()
	return {
		id,
		memberId: claimed.member_id,
		key: occasion.occasion_key,
		kind: occasion.kind,
		newsletterId: occasion.newsletter_id,
		subjectId: occasion.subject_id,
		foundAt: occasion.found_at,
	}
}

export async function endMail(
	db: DatabaseOrTransaction,
	id: number,
	{ state, now }: { state: 'due' | 'sent' | 'dropped'; now: Date },
): Promise<void> {
	await db
		.updateTable('staff_occasion_mails')
		.set({ state, changed_at: now })
		.where('id', '=', id)
		.where('state', '=', 'sending')
		.execute()
}
