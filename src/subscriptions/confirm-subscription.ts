import type { JobCatalog } from '../jobs/catalog.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashAddress, hashToken, type Keys } from '../kernel/keys.ts'
import type { Locale } from '../kernel/messages.ts'
import { getNewsletter, textIn } from '../newsletters/index.ts'
import { liftSuppression } from '../suppressions/index.ts'
import { changeGivenName } from './choices/change-given-name.ts'
import { holdReader } from './choices/hold-reader.ts'
import { changeChoices } from './choices/save-choices.ts'
import { type Found, findWithChoices } from './choices/view-choices.ts'
import { type ConfirmationStanding, judgeConfirmation } from './judge-confirmation.ts'
import { mailboxOf } from './mailbox-of.ts'
import { maskAddress } from './mask-address.ts'
import { recordChange } from './record-change.ts'
import { isProvenSignup } from './signup-proof.ts'
import { type ConfirmationRecord, findConfirmation, useConfirmation } from './store/confirmations.ts'
import { addWelcome } from './store/purposes.ts'
import { addReceipt } from './store/receipts.ts'
import { activateSubscription, lockSubscription } from './store/subscriptions.ts'
import { wordingShown } from './wording-shown.ts'

type ViewDeps = { db: Database; clock: Clock; keys: Keys }

/** What the page of a confirmation link shows. */
export type ConfirmationView = {
	subscriptionId: number
	standing: ConfirmationStanding
	newsletter: string
	locale: Locale
	maskedAddress: string
}

/**
 * Looks at a confirmation link and changes nothing; undefined where no such link was ever sent, or it was pruned.
 * `sameBrowser` tells whether the browser holds the `proof` of having made this sign-up.
 */
export async function viewConfirmation(
	{ db, clock, keys }: ViewDeps,
	{ token, proofs }: { token: string; proofs: (newsletter: string) => string | undefined },
): Promise<(ConfirmationView & { sameBrowser: boolean }) | undefined> {
	const link = await findConfirmation(db, hashToken(keys, token))
	if (!link) return undefined
	const now = clock.now()
	const sameBrowser = isProvenSignup(keys, proofs(link.newsletter), link, now)
	return { ...toView(link, judgeConfirmation(link, now)), sameBrowser }
}

type ConfirmDeps = ViewDeps & {
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	config: { recordIp: boolean }
}

export type Confirming = {
	token: string
	page: string
	/** The consent that stood on the page: its language and version; those of the present where nothing is said. */
	shown?: { locale?: string | undefined; wordingVersion?: number | undefined }
	ip: string
}

/**
 * Confirms a subscription by its link, once; a second time finds it confirmed and is as welcome. `confirmedNow` tells
 * the two apart. Confirming ends a suppression that came from a mailbox thought dead.
 */
export async function confirmSubscription(
	{ db, clock, keys, jobs, config }: ConfirmDeps,
	{ token, page, shown, ip }: Confirming,
): Promise<(ConfirmationView & { confirmedNow: boolean }) | undefined> {
	const tokenHash = hashToken(keys, token)
	const found = await findConfirmation(db, tokenHash)
	if (!found) return undefined
	const now = clock.now()
	const { view, noticeId } = await db.transaction().execute(async (tx): Promise<Confirmed> => {
		if (found.wish?.givenName === undefined) await lockSubscription(tx, found.id)
		else await holdReader(tx, found.id)
		const link = await findConfirmation(tx, tokenHash)
		if (!link) return {}
		const standing = judgeConfirmation(link, now)
		if (standing !== 'open') return { view: { ...toView(link, standing), confirmedNow: false } }

		await useConfirmation(tx, tokenHash, now)
		await activateSubscription(tx, { id: link.id, locale: link.confirmationLocale, now })
		// that one only: a complaint, or a word of staff, may have taken its place since it was read
		const { addressHash, suppression: reason } = link
		if (reason) await liftSuppression(tx, { addressHash, reason, at: now })
		const where = { page, ip: config.recordIp ? ip : null, at: now }
		await addConfirmedReceipt(tx, link, { ...where, shown })
		await takeWish(tx, link, where)
		const { welcome } = await getNewsletter({ db: tx }, { id: link.newsletterId })
		const mailboxHash = hashAddress(keys, mailboxOf(link.address))
		const noticeId = welcome ? await addWelcome(tx, { subscriptionId: link.id, mailboxHash, now }) : undefined
		return { view: { ...toView(link, 'confirmed'), confirmedNow: true }, noticeId }
	})
	if (noticeId !== undefined) await jobs.enqueue('send-notice', { noticeId })
	return view
}

type Confirmed = { view?: ConfirmationView & { confirmedNow: boolean }; noticeId?: number | undefined }

/** What was chosen when signing up holds from now on, as far as it can: topics may have ended meanwhile. */
async function takeWish(
	tx: DatabaseOrTransaction,
	{ id, wish }: ConfirmationRecord,
	where: { page: string; ip: string | null; at: Date },
): Promise<void> {
	const found = wish && (await findWithChoices(tx, id))
	if (!found) return
	if (wish.givenName !== undefined) await takeGivenName(tx, found, wish.givenName, where)
	if (wish.offered.length === 0) return
	const done = await changeChoices(tx, found, { wish, version: undefined, now: where.at }).catch(
		(error: unknown) => {
			if (error instanceof AppError) return 'unchanged' as const
			throw error
		},
	)
	if (typeof done === 'object') await recordChange(tx, found.subscription, { ...done, ...where, digestId: 0 })
}

/** A name that the person has already stays: anybody may have filled in the form, and who confirms does not see it. */
async function takeGivenName(
	tx: DatabaseOrTransaction,
	found: Found,
	givenName: string,
	where: { page: string; ip: string | null; at: Date },
): Promise<void> {
	if (found.kept.givenName !== null) return
	const done = await changeGivenName(tx, found, givenName)
	if (typeof done === 'object') await recordChange(tx, found.subscription, { ...done, ...where, digestId: 0 })
}

async function addConfirmedReceipt(
	tx: DatabaseOrTransaction,
	link: ConfirmationRecord,
	{ shown, ...where }: Pick<Confirming, 'shown'> & { page: string; ip: string | null; at: Date },
): Promise<void> {
	const newsletter = await getNewsletter({ db: tx }, { id: link.newsletterId })
	const shownIn = newsletter.texts.find(({ locale }) => locale === shown?.locale)
	await addReceipt(tx, {
		subscriptionId: link.id,
		action: 'confirmed',
		...wordingShown(shownIn ?? textIn(newsletter, link.confirmationLocale), shown?.wordingVersion),
		locale: link.confirmationLocale,
		...where,
	})
}

function toView(link: ConfirmationRecord, standing: ConfirmationStanding): ConfirmationView {
	return {
		subscriptionId: link.id,
		standing,
		newsletter: link.newsletter,
		locale: link.confirmationLocale,
		maskedAddress: maskAddress(link.address),
	}
}
