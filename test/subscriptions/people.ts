import { parseEmailAddress } from '../../src/kernel/email-address.ts'
import { hashAddress, hashToken } from '../../src/kernel/keys.ts'
import type { ParsedMail } from '../../src/kernel/mail.ts'
import { recordSignups } from '../../src/subscriptions/index.ts'
import { insertRequest, setRequestToken } from '../../src/subscriptions/requests/store.ts'
import { upsertSubscriber } from '../../src/subscriptions/store/subscribers.ts'
import type { TestApp } from '../support/start-test-app.ts'

export type SignUp = { newsletter?: string; locale?: string }

/** Signs an address up as a program does; it may not be recorded yet, and the mail that answers still be on its way. */
export async function signUp(app: TestApp, email: string, { newsletter = 'news', locale }: SignUp = {}) {
	return app.request
		.post(`/api/v1/newsletters/${newsletter}/subscriptions`)
		.send({ email, locale })
		.expect(202)
}

/** Signs up and follows the link in the mail. Gives the path of the person's unsubscribe link, as a mail would. */
export async function subscribeFully(app: TestApp, email: string, options: SignUp = {}): Promise<void> {
	await signUp(app, email, options)
	await app.drain()
	await app.request.post(await confirmPath(app, email)).expect(200)
}

/** The captured mails to an address, oldest first. */
export async function mailsTo(app: TestApp, address: string): Promise<ParsedMail[]> {
	const mails = (app.captured?.list() ?? []).filter(({ envelope }) => envelope.to === address)
	return Promise.all(mails.reverse().map((mail) => mail.parse()))
}

/** The path of the newest confirmation link that an address was sent. */
export async function confirmPath(app: TestApp, address: string): Promise<string> {
	return pathIn((await mailsTo(app, address)).at(-1)?.text, 'confirm')
}

/** The path of the link that the newest mail to an address has, of something that was asked for. */
export async function requestPath(app: TestApp, address: string): Promise<string> {
	await app.drain()
	return pathIn((await mailsTo(app, address)).at(-1)?.text, 'requests')
}

/** Asks for a change of address, as if its mail had come. Gives the token of its link. */
export async function askChange(app: TestApp, from: { id: number }, to: string): Promise<string> {
	const parsed = parseEmailAddress(to)
	if (!parsed.ok) throw new Error(parsed.problem)
	const { address } = parsed
	return app.db.transaction().execute(async (tx) => {
		const now = app.clock.now()
		const addressHash = hashAddress(app.keys, address.comparable)
		const newSubscriberId = await upsertSubscriber(tx, { address, addressHash, now })
		const { subscriberId } = await tx
			.selectFrom('subscriptions')
			.select('subscriber_id as subscriberId')
			.where('id', '=', from.id)
			.executeTakeFirstOrThrow()
		const id = await insertRequest(tx, {
			kind: 'change_address',
			subscriptionId: from.id,
			subscriberId,
			newSubscriberId,
			locale: 'en',
			now,
			expiresAt: new Date(now.getTime() + 86_400_000),
		})
		// the same person may ask for the same address twice, each time with a link of its own
		const token = `token of request ${id}`
		await setRequestToken(tx, id, {
			tokenHash: hashToken(app.keys, token),
			expiresAt: new Date(now.getTime() + 86_400_000),
		})
		return token
	})
}

/** Gives the token of the link that takes a change of address back, as if the mail to the old one had come. */
export async function makeWayBack(app: TestApp, token: string): Promise<string> {
	const undo = `undo ${token}`
	await app.db
		.updateTable('reader_requests')
		.set({ undo_token_hash: hashToken(app.keys, undo) })
		.where('token_hash', '=', hashToken(app.keys, token))
		.execute()
	return undo
}

export function pathIn(
	text: string | undefined,
	kind: 'confirm' | 'unsubscribe' | 'requests' | 'preferences',
): string {
	const found = new RegExp(`https?://[^\\s<>]*?(/${kind}/[\\w.-]+)`).exec(text ?? '')?.[1]
	if (!found) throw new Error(`no ${kind} link in this mail:\n${text}`)
	return found
}

/** Once every sign-up so far is recorded. */
export async function stateOf(app: TestApp, email: string, newsletter = 'news'): Promise<string | undefined> {
	await recordSignups(app)
	const row = await app.db
		.selectFrom('subscriptions')
		.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
		.innerJoin('newsletters', 'newsletters.id', 'newsletter_id')
		.select('state')
		.where('comparable_address', '=', email.toLowerCase())
		.where('slug', '=', newsletter)
		.executeTakeFirst()
	return row?.state
}

/** Once every sign-up so far is recorded. */
export async function subscriptionOf(app: TestApp, email: string, newsletter = 'news') {
	await recordSignups(app)
	return app.db
		.selectFrom('subscriptions')
		.innerJoin('subscribers', 'subscribers.id', 'subscriber_id')
		.innerJoin('newsletters', 'newsletters.id', 'newsletter_id')
		.selectAll('subscriptions')
		.where('comparable_address', '=', email.toLowerCase())
		.where('slug', '=', newsletter)
		.executeTakeFirstOrThrow()
}

/** Whether the one mail of an address has the smaller caps of who brought no solution. */
export async function isUnproven(app: TestApp, email: string): Promise<boolean | undefined> {
	const notices = await noticesTo(app, email)
	if (notices.length > 1) throw new Error(`${notices.length} mails to one address`)
	return notices[0]?.unproven
}

/** All notices to an address, of whichever newsletter, the oldest first; once every sign-up so far is recorded. */
export async function noticesTo(app: TestApp, email: string) {
	await recordSignups(app)
	return app.db
		.selectFrom('notices')
		.innerJoin('subscriptions', 'subscriptions.id', 'notices.subscription_id')
		.innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
		.selectAll('notices')
		.where('comparable_address', '=', email.toLowerCase())
		.orderBy('notices.id')
		.execute()
}

/** The newest notice to an address. */
export async function noticeTo(app: TestApp, email: string) {
	const newest = (await noticesTo(app, email)).at(-1)
	if (!newest) throw new Error(`no notice to ${email}`)
	return newest
}

export async function receiptsOf(app: TestApp, subscriptionId: number) {
	return app.db
		.selectFrom('consent_receipts')
		.selectAll()
		.where('subscription_id', '=', subscriptionId)
		.orderBy('id')
		.execute()
}

/** A row count of every table that subscribing or leaving may write: the same twice is "nothing changed". */
export async function tally(app: TestApp): Promise<Record<string, unknown>> {
	const counts: Record<string, unknown> = {}
	for (const table of [
		'subscribers',
		'subscriptions',
		'confirmations',
		'notices',
		'consent_receipts',
		'suppressions',
	] as const) {
		counts[table] = await app.db.selectFrom(table).selectAll().execute()
	}
	return counts
}
