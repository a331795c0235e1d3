import { invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { type EmailAddress, parseEmailAddress } from '../kernel/email-address.ts'
import type { SubscriptionSource } from '../kernel/enumerations.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import type { Locale } from '../kernel/messages.ts'
import type { SignupWish } from '../kernel/tables/subscriptions.ts'
import { type Newsletter, textIn } from '../newsletters/index.ts'
import { checkGivenName } from './check-given-name.ts'
import { type FormAnswer, judgeForm } from './judge-form.ts'
import type { KeepSignup } from './keep-signup.ts'
import { refuseFloods, type SignupLimits } from './limit-signups.ts'
import { mailboxOf } from './mailbox-of.ts'
import type { AsksChallenge } from './protection/asks-challenge.ts'
import { takeSolution } from './protection/challenges.ts'
import type { SignupWatch } from './protection/kept-back.ts'
import { proveSignup } from './signup-proof.ts'
import { wordingShown } from './wording-shown.ts'

export type SubscribeDeps = {
	db: Database
	clock: Clock
	keys: Keys
	keepSignup: KeepSignup
	limiter: Pick<Limiter, 'take'>
	signupWatch: SignupWatch
	asksChallenge: AsksChallenge
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
	/** Of the challenge, where one was asked for and solved. */
	solution?: string | undefined
	/** Which topics are wanted, where the form asked. */
	wish?: SignupWish | undefined
	/** As typed, where the form asked. */
	givenName?: string | undefined
	/** The consent that was shown: its language, else `locale`, and its version, else the present. */
	shown?: { locale?: Locale | undefined; wordingVersion?: number | undefined }
	/** Where the person did it. */
	page: string
	came: SignupSource
	ip: string
}

/** How a person came. */
export type SignupSource = {
	source: Exclude<SubscriptionSource, 'unknown' | 'import'>
	/** The site that a pasted form stood on, where it is known, and whether it is one of the newsletter's own. */
	site?: { host: string; isOwn: boolean } | undefined
}

/** What a person who signed up is told: the same for every address, whatever we know of it. */
export type Signup = {
	address: EmailAddress
	/** What the browser keeps for a while, so that it may confirm at once (`isProvenSignup`). */
	proof: string
}

/**
 * Takes a wish to subscribe and keeps it: the same for every address, of which nothing is looked at here (mail-rules T2).
 * `recordSignups` does what follows, and `sendNotice` decides which mail answers.
 * Throws `invalid` for the address, the topics, the given name or the solution, and `limited` for what only a program can
 * ask for.
 */
export async function subscribe(deps: SubscribeDeps, input: SubscribeInput): Promise<Signup> {
	const address = checkAddress(input.email)
	checkWish(input.wish)
	const wish = addName(input.wish, checkGivenName(input.givenName ?? ''))
	const addressHash = hashAddress(deps.keys, address.comparable)
	const now = deps.clock.now()
	const proof = proveSignup(deps.keys, { newsletterId: input.newsletter.id, addressHash }, now)
	const signup = { address, proof }

	const judgement = judgeForm(deps.keys, input.form, { now, minSeconds: deps.config.formMinSeconds })
	if (judgement === 'trapped') return signup
	const networks = await refuseFloods(deps, input.ip)
	const hurried = judgement === 'hurried'
	const unproven = await isUnproven(deps, input)
	await keep(deps, { ...input, wish, address, addressHash, networks, hurried, unproven })
	return signup
}

/** Who has no solution where one is asked for is taken all the same, within smaller caps. */
async function isUnproven(deps: SubscribeDeps, { newsletter, solution }: SubscribeInput): Promise<boolean> {
	if (!(await deps.asksChallenge(newsletter.id))) return false
	if (!solution) return true
	await takeSolution(deps, newsletter.id, solution)
	return false
}

function checkWish(wish: SignupWish | undefined): void {
	const isNothing = wish && wish.offered.length > 0 && wish.topics.length === 0 && !wish.newTopics
	if (isNothing) throw invalidField('topics', 'errors.choices.no_topic')
}

function addName(wish: SignupWish | undefined, givenName: string | null): SignupWish | undefined {
	if (givenName === null) return wish
	return { offered: [], topics: [], newTopics: true, ...wish, givenName }
}

/** Throws `invalid`. */
export function checkAddress(email: string): EmailAddress {
	const parsed = parseEmailAddress(email)
	if (!parsed.ok) throw invalidField('email', `errors.address.${parsed.problem}`)
	return parsed.address
}

type Wish = SubscribeInput & {
	address: EmailAddress
	addressHash: string
	networks: readonly string[]
	hurried: boolean
	unproven: boolean
}

function keep({ clock, keys, config, keepSignup }: SubscribeDeps, signup: Wish): Promise<void> {
	const { newsletter, came, address, addressHash, locale, networks, hurried, unproven, wish } = signup
	const text = textIn(newsletter, signup.shown?.locale ?? locale)
	return keepSignup({
		...{ newsletterId: newsletter.id, address, addressHash, locale, ...came },
		...{ networks, hurried, unproven, wish },
		mailboxHash: hashAddress(keys, mailboxOf(address)),
		shown: {
			...wordingShown(text, signup.shown?.wordingVersion),
			...{ locale: text.locale, page: signup.page, ip: config.recordIp ? signup.ip : null },
		},
		cameAt: clock.now(),
	})
}
