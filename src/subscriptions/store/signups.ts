import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { EmailAddress } from '../../kernel/email-address.ts'
import type { SubscriptionSource } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'

export type SignupRow = {
	newsletterId: number
	address: EmailAddress
	addressHash: string
	mailboxHash: string
	locale: Locale
	source: SubscriptionSource
	/** As it is counted. */
	sourceHost: string | null
	/** The consent that was shown, where, and from which address of the internet, as far as it is kept. */
	shown: { wording: string | null; wordingVersion: number; locale: Locale; page: string; ip: string | null }
	/** Whence, by keyed hash. */
	networks: readonly string[]
	hurried: boolean
	unproven: boolean
	wish?: SignupWish | undefined
	now: Date
}

/** Writes a sign-up down, in one round trip and the same way for every address (the function of the database says how). Gives the notice. */
export async function recordSignup(db: DatabaseOrTransaction, signup: SignupRow): Promise<number> {
	const { address, shown } = signup
	const wish = signup.wish ? JSON.stringify(signup.wish) : null
	const { rows } = await sql<{ id: number }>`
		select record_signup(
			${signup.newsletterId}, ${address.local}, ${address.domain}, ${address.comparable}, ${signup.addressHash},
			${signup.mailboxHash}, ${signup.locale}, ${signup.source}, ${signup.sourceHost}, ${shown.wording},
			${shown.wordingVersion}, ${shown.locale}, ${shown.page}, ${shown.ip}, ${[...signup.networks]}::text[],
			${signup.hurried}, ${signup.unproven}, ${wish}::jsonb, ${signup.now}
		) as id`.execute(db)
	const [row] = rows
	if (!row) throw new Error('a sign-up gave no notice')
	return row.id
}
