import { AppError } from '../kernel/app-error.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import { networksOf } from '../kernel/networks-of.ts'
import { isThrowAwayDomain } from './is-throw-away.ts'
import type { SignupCap, SignupWatch } from './protection/kept-back.ts'

export type SignupLimits = {
	signupsPerIpAndHour: number
	signupsPerDomainAndHour: number
	signupsPerNewsletterAndHour: number
	/** Over all newsletters. */
	signupsPerHour: number
}

type LimitDeps = {
	limiter: Pick<Limiter, 'take'>
	keys: Keys
	signupWatch: SignupWatch
	config: SignupLimits
}

/** How many times SIGNUPS_PER_IP_AND_HOUR a /64 (or an IPv4 address), a /56 and a /48 may ask for, and be mailed at once. */
const floodFactors = [10, 20, 100]
const mailFactors = [1, 2, 4]

/**
 * Refuses what only a program asks for. It alone is refused: what is over the caps on mails is taken, and its mail waits
 * (`findCapOnMail`). Throws `limited`. Gives the networks as keyed hashes.
 */
export async function refuseFloods(
	{ limiter, keys, signupWatch, config }: LimitDeps,
	ip: string,
): Promise<string[]> {
	const networks = networksOf(ip).map((network) => hashAddress(keys, network))
	const answers = await Promise.all(
		networks.map((network, index) =>
			limiter.take(`flood:${network}`, {
				points: config.signupsPerIpAndHour * (floodFactors[index] ?? 1),
				perSeconds: 3_600,
			}),
		),
	)
	const waits = answers.flatMap((answer) => (answer.ok ? [] : [answer.retryAfterSeconds]))
	if (waits.length === 0) return networks
	signupWatch.note({ cap: 'flood', network: networks.at(-1) })
	throw tooOften(Math.max(...waits))
}

function tooOften(retryAfterSeconds: number): AppError {
	return new AppError('limited', 'errors.signup.limited', {
		params: { minutes: Math.ceil(retryAfterSeconds / 60) },
		retryAfterSeconds,
	})
}

/** Whose mail it is, for the caps: the domain it goes to, which newsletter it is of, and whence it was asked for. */
export type MailForStranger = {
	domain: string
	newsletterId: number
	networks: readonly string[]
	hurried: boolean
	/** Without the solution that was asked for. */
	unproven: boolean
}

/** Of the cap of a domain, what one gets whose mailboxes are made to be thrown away. */
const shareOfDisposable = 0.1

/**
 * Which cap keeps the mail of a sign-up back; undefined where it may go out now. Counts it for its networks, its domain, its
 * newsletter and in all (mail-rules T3). Beyond an hour's number one mail goes out now and then, and all but networks keep a
 * reserve for networks that they have not heard of. A mail that may not go out counts for nobody: it takes no room from others.
 */
export async function findCapOnMail(
	{
		limiter,
		keys,
		config,
	}: Pick<LimitDeps, 'keys' | 'config'> & { limiter: Pick<Limiter, 'take' | 'giveBack'> },
	{ domain, newsletterId, networks, hurried, unproven }: MailForStranger,
): Promise<SignupCap | undefined> {
	const asked: Asked[] = []
	const take: Take = async (key, points, perSeconds = 3_600) => {
		const limit = { points, perSeconds }
		const { ok } = await limiter.take(key, limit)
		asked.push({ key, limit, ok })
		return ok
	}
	const ofDomain = config.signupsPerDomainAndHour * (isThrowAwayDomain(domain) ? shareOfDisposable : 1)
	const caps: Cap[] = [
		{
			name: 'domain',
			key: `mail-domain:${hashAddress(keys, domain)}`,
			cap: Math.max(1, Math.floor(ofDomain)),
		},
		capOfNewsletter(config, newsletterId),
		capOfAll(config),
	]
	const manner = { hurried, unproven }
	const room = await haveRoom(take, networks, { cap: config.signupsPerIpAndHour, ...manner })
	const reached = room ? await findReached(take, caps, { widest: networks.at(-1), unproven }) : 'network'
	await Promise.all(asked.map(({ key, limit, ok }) => (!ok || reached) && limiter.giveBack(key, limit)))
	return reached
}

type Asked = { key: string; limit: { points: number; perSeconds: number }; ok: boolean }
type Take = (key: string, points: number, perSeconds?: number) => Promise<boolean>
type Cap = { name: SignupCap; key: string; cap: number }

export function capOfNewsletter(config: SignupLimits, newsletterId: number): Cap {
	const cap = config.signupsPerNewsletterAndHour
	return { name: 'newsletter', key: `mail-newsletter:${newsletterId}`, cap }
}

export function capOfAll(config: SignupLimits): Cap {
	return { name: 'all', key: 'mail-all', cap: config.signupsPerHour }
}

/** What comes without a solution is counted apart, against this share of each cap: so it takes no room from who brought one. */
const shareOfUnproven = 0.2

function capFor({ key, cap }: Pick<Cap, 'key' | 'cap'>, unproven: boolean): { own: string; of: number } {
	if (!unproven) return { own: key, of: cap }
	return { own: `${key}:unproven`, of: Math.max(1, Math.floor(cap * shareOfUnproven)) }
}

async function haveRoom(
	take: Take,
	networks: readonly string[],
	{ cap, hurried, unproven }: { cap: number; hurried: boolean; unproven: boolean },
): Promise<boolean> {
	for (const [index, network] of networks.entries()) {
		const ofNetwork = { key: `mail-network:${network}`, cap: cap * (mailFactors[index] ?? 1) }
		const { own, of } = capFor(ofNetwork, unproven)
		const soon = !hurried && (await take(own, of))
		if (!soon && !(await takeLate(take, own, of))) return false
	}
	return true
}

type Manner = { widest: string | undefined; unproven: boolean }

async function findReached(take: Take, caps: readonly Cap[], manner: Manner): Promise<SignupCap | undefined> {
	for (const cap of caps) if (!(await hasRoom(take, cap, manner))) return cap.name
	return undefined
}

async function hasRoom(take: Take, { key, cap }: Cap, { widest, unproven }: Manner): Promise<boolean> {
	const { own, of } = capFor({ key, cap }, unproven)
	if (await take(own, of)) return true
	if (widest && (await take(`${key}:${widest}`, 1))) {
		if (await take(`${key}:reserve`, Math.ceil(cap / 5))) return true
	}
	return takeLate(take, own, of)
}

/** Beyond the cap: half of it again, evenly over the hour. */
function takeLate(take: Take, key: string, cap: number): Promise<boolean> {
	return take(`${key}:late`, 1, Math.ceil(7_200 / cap))
}
