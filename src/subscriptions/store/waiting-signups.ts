import { sql } from 'kysely'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { SubscriptionSource } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'

/** A sign-up as it is kept until it is recorded. */
export type WaitingSignup = {
	newsletterId: number
	address: EmailAddress
	addressHash: string
	mailboxHash: string
	locale: Locale
	source: SubscriptionSource
	/** The site that the form stood on, and whether it is one of the newsletter's own. */
	site?: { host: string; isOwn: boolean } | undefined
	/** The consent that was shown, where, and from which address of the internet, as far as it is kept. */
	shown: { wording: string | null; wordingVersion: number; locale: Locale; page: string; ip: string | null }
	/** Whence, by keyed hash. */
	networks: readonly string[]
	hurried: boolean
	unproven: boolean
	wish?: SignupWish | undefined
	cameAt: Date
}

/** Keeps sign-ups, in one statement. */
export async function addWaitingSignups(db: Database, signups: readonly WaitingSignup[]): Promise<void> {
	await sql`
		insert into waiting_signups (newsletter_id, address_hash, signup, came_at)
		select * from unnest(
			${signups.map(({ newsletterId }) => newsletterId)}::bigint[],
			${signups.map(({ addressHash }) => addressHash)}::text[],
			${signups.map((signup) => JSON.stringify(toColumn(signup)))}::jsonb[],
			${signups.map(({ cameAt }) => cameAt)}::timestamptz[]
		)`.execute(db)
}

/** What `record_waiting_signups` reads. */
function toColumn({ address, mailboxHash, locale, source, site, shown, ...rest }: WaitingSignup) {
	return {
		...{ localPart: address.local, domain: address.domain, comparable: address.comparable },
		...{ mailboxHash, locale, source, site },
		...{ wording: shown.wording, wordingVersion: shown.wordingVersion, wordingLocale: shown.locale },
		...{ page: shown.page, ip: shown.ip },
		...{ networks: rest.networks, hurried: rest.hurried, unproven: rest.unproven, wish: rest.wish },
	}
}

/**
 * Records the next sign-ups that wait behind an id, at most so many, in one transaction and the same way for every address: the
 * subscriber, the subscription, the receipt and the notice (the functions of the database say how). Gives each with its notice.
 */
export async function recordWaitingSignups(
	db: Database,
	{ after, most }: { after: number; most: number },
): Promise<Array<{ id: number; noticeId: number }>> {
	const { rows } = await sql<{ id: number; noticeId: number }>`
		select signup_id as id, notice_id as "noticeId" from record_waiting_signups(${after}, ${most})`.execute(
		db,
	)
	return rows
}

/** The next sign-ups that wait behind an id. */
export async function listWaitingSignups(
	db: Database,
	{ after, most }: { after: number; most: number },
): Promise<number[]> {
	const rows = await db
		.selectFrom('waiting_signups')
		.select('id')
		.where('id', '>', after)
		.orderBy('id')
		.limit(most)
		.execute()
	return rows.map(({ id }) => id)
}

/** Deletes what waits of an address. Gives how many there were. */
export async function deleteWaitingSignupsOf(
	tx: DatabaseOrTransaction,
	addressHash: string,
): Promise<number> {
	const { numDeletedRows } = await tx
		.deleteFrom('waiting_signups')
		.where('address_hash', '=', addressHash)
		.executeTakeFirst()
	return Number(numDeletedRows)
}

/** Deletes what could not be recorded for so long. Gives how many there were. */
export async function deleteWaitingSignupsBefore(db: Database, before: Date): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom('waiting_signups')
		.where('came_at', '<', before)
		.executeTakeFirst()
	return Number(numDeletedRows)
}
