import type { JobCatalog } from '../jobs/catalog.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { Jobs } from '../kernel/jobs.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Locale } from '../kernel/messages.ts'
import { type Newsletter, textIn } from '../newsletters/index.ts'
import { type FormAnswer, judgeForm } from './judge-form.ts'
import { limitSignups, type SignupLimits } from './limit-signups.ts'
import { proveSignup } from './signup-proof.ts'
import { addNotice, addReceipt, upsertSubscriber, upsertSubscription } from './store.ts'

export type SubscribeDeps = {
	db: Database
	clock: Clock
	keys: Keys
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
	limiter: Limiter
	config: SignupLimits & { recordIp: boolean; formMinSeconds: number }
}

export type SubscribeInput = {
	newsletter: Newsletter
	/** As typed. */
	email: string
	/** What `chooseLocale` came to. */
	locale: Locale
	/** What only a form has: its trap and the time it was shown. */
	form?: FormAnswer
	/** The version of the consent wording that was shown; the present one where nothing is said. */
	wordingVersion?: number
	/** Where the person did it. */
	page: string
	ip: string
}

/** What a person who signed up is told: the same for every address, whatever we know of it. */
export type Signup = {
	address: EmailAddress
	/** What the browser keeps for a while, so that it may confirm at once (`isProvenSignup`). */
	proof: string
}

/**
 * Takes a wish to subscribe. New, pending, active, unsubscribed and suppressed addresses run through the very same
 * statements; which mail answers is decided by `sendNotice`, out of sight (mail-rules T2).
 * Throws `invalid` for the address or a form sent too fast, `limited` where it is too often.
 */
export async function subscribe(deps: SubscribeDeps, input: SubscribeInput): Promise<Signup> {
	const address = checkAddress(input.email)
	const addressHash = hashAddress(deps.keys, address.comparable)
	const now = deps.clock.now()
	const proof = proveSignup(deps.keys, { newsletterId: input.newsletter.id, addressHash }, now)
	const signup = { address, proof }

	switch (judgeForm(deps.keys, input.form, { now, minSeconds: deps.config.formMinSeconds })) {
		case 'trapped':
			return signup
		case 'too_fast':
			throw new AppError('invalid', 'errors.form.too_fast')
		case 'fine':
	}
	await limitSignups(deps, { ip: input.ip, address })
	const noticeId = await record(deps, { ...input, address, addressHash })
	await deps.jobs.enqueue('send-notice', { noticeId })
	return signup
}

function checkAddress(email: string): EmailAddress {
	const parsed = parseEmailAddress(email)
	if (!parsed.ok) throw invalidField('email', `errors.address.${parsed.problem}`)
	return parsed.address
}

type Wish = SubscribeInput & { address: EmailAddress; addressHash: string }

function record({ db, clock, config }: SubscribeDeps, wish: Wish): Promise<number> {
	const now = clock.now()
	return db.transaction().execute(async (tx) => {
		const subscriberId = await upsertSubscriber(tx, { ...wish, now })
		const subscriptionId = await upsertSubscription(tx, {
			newsletterId: wish.newsletter.id,
			subscriberId,
			locale: wish.locale,
			now,
		})
		await addReceipt(tx, {
			subscriptionId,
			action: 'requested',
			...wordingShown(wish),
			locale: wish.locale,
			page: wish.page,
			ip: config.recordIp ? wish.ip : null,
			at: now,
		})
		return addNotice(tx, { subscriptionId, locale: wish.locale, now })
	})
}

/** The wording as it was shown: of a former version, which a pasted form may show, the number is all we know. */
function wordingShown({ newsletter, locale, wordingVersion }: Wish): {
	wording: string | null
	wordingVersion: number
} {
	const text = textIn(newsletter, locale)
	const shown = wordingVersion ?? text.consentVersion
	return { wording: shown === text.consentVersion ? text.consentWording : null, wordingVersion: shown }
}
