import { isDisposableEmailDomain } from 'disposable-email-domains-js'
import { AppError } from '../kernel/app-error.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'
import { networksOf } from '../kernel/networks-of.ts'

export type SignupLimits = {
	signupsPerIpAndHour: number
	signupsPerDomainAndHour: number
	signupsPerNewsletterAndHour: number
	/** Over all newsletters. */
	signupsPerHour: number
}

type LimitDeps = { limiter: Pick<Limiter, 'take'>; keys: Keys; config: SignupLimits }

/** How many times SIGNUPS_PER_IP_AND_HOUR a /64 (or an IPv4 address), a /56 and a /48 may ask for, and be mailed at once. */
const floodFactors = [10, 20, 100]
const mailFactors = [1, 2, 4]

/**
 * Refuses what only a program asks for. It alone is refused: what is over the caps on mails is taken, and its mail waits
 * (`mayMailNow`). Throws `limited`. Gives the networks as keyed hashes.
 */
export async function refuseFloods({ limiter, keys, config }: LimitDeps, ip: string): Promise<string[]> {
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
	if (waits.length > 0) throw tooOften(Math.max(...waits))
	return networks
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
}

/** Of the cap of a domain, what one gets whose mailboxes are made to be thrown away. */
const shareOfDisposable = 0.1

/**
 * Whether the mail of a sign-up may go out now: counts it for its networks, its domain, its newsletter and in all (mail-rules
 * T3). Beyond an hour's number one mail goes out now and then, and all but networks keep a reserve for networks that they have
 * not heard of.
 */
export async function mayMailNow(
	{ limiter, keys, config }: LimitDeps,
	{ domain, newsletterId, networks, hurried }: MailForStranger,
): Promise<boolean> {
	for (const [index, network] of networks.entries()) {
		const cap = config.signupsPerIpAndHour * (mailFactors[index] ?? 1)
		const key = `mail-network:${network}`
		const soon = !hurried && (await takes(limiter, key, cap))
		if (!soon && !(await takesLate(limiter, key, cap))) return false
	}
	const widest = networks.at(-1)
	const ofDomain = config.signupsPerDomainAndHour * (isDisposableEmailDomain(domain) ? shareOfDisposable : 1)
	const caps: Array<[key: string, cap: number]> = [
		[`mail-domain:${hashAddress(keys, domain)}`, Math.max(1, Math.floor(ofDomain))],
		[`mail-newsletter:${newsletterId}`, config.signupsPerNewsletterAndHour],
		['mail-all', config.signupsPerHour],
	]
	for (const [key, cap] of caps) if (!(await hasRoom(limiter, key, cap, widest))) return false
	return true
}

async function hasRoom(
	limiter: Pick<Limiter, 'take'>,
	key: string,
	cap: number,
	widest: string | undefined,
): Promise<boolean> {
	if (await takes(limiter, key, cap)) return true
	if (widest && (await takes(limiter, `${key}:${widest}`, 1))) {
		if (await takes(limiter, `${key}:reserve`, Math.ceil(cap / 5))) return true
	}
	return takesLate(limiter, key, cap)
}

async function takes(limiter: Pick<Limiter, 'take'>, key: string, points: number): Promise<boolean> {
	return (await limiter.take(key, { points, perSeconds: 3_600 })).ok
}

/** Beyond the cap: half of it again, evenly over the hour. */
async function takesLate(limiter: Pick<Limiter, 'take'>, key: string, cap: number): Promise<boolean> {
	const perSeconds = Math.ceil(7_200 / cap)
	return (await limiter.take(`${key}:late`, { points: 1, perSeconds })).ok
}
