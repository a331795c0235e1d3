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
 * not heard of. A mail that may not go out counts for nobody: it takes no room from others.
 */
export async function mayMailNow(
	{ limiter, keys, config }: Omit<LimitDeps, 'limiter'> & { limiter: Pick<Limiter, 'take' | 'giveBack'> },
	{ domain, newsletterId, networks, hurried }: MailForStranger,
): Promise<boolean> {
	const asked: Asked[] = []
	const take: Take = async (key, points, perSeconds = 3_600) => {
		const limit = { points, perSeconds }
		const { ok } = await limiter.take(key, limit)
		asked.push({ key, limit, ok })
		return ok
	}
	const widest = networks.at(-1)
	const ofDomain = config.signupsPerDomainAndHour * (isDisposableEmailDomain(domain) ? shareOfDisposable : 1)
	const caps: Array<[key: string, cap: number]> = [
		[`mail-domain:${hashAddress(keys, domain)}`, Math.max(1, Math.floor(ofDomain))],
		[`mail-newsletter:${newsletterId}`, config.signupsPerNewsletterAndHour],
		['mail-all', config.signupsPerHour],
	]
	const may =
		(await haveRoom(take, networks, { cap: config.signupsPerIpAndHour, hurried })) &&
		(await allHaveRoom(take, caps, widest))
	await Promise.all(asked.map(({ key, limit, ok }) => !(ok && may) && limiter.giveBack(key, limit)))
	return may
}

type Asked = { key: string; limit: { points: number; perSeconds: number }; ok: boolean }
type Take = (key: string, points: number, perSeconds?: number) => Promise<boolean>

async function haveRoom(
	take: Take,
	networks: readonly string[],
	{ cap, hurried }: { cap: number; hurried: boolean },
): Promise<boolean> {
	for (const [index, network] of networks.entries()) {
		const ofNetwork = cap * (mailFactors[index] ?? 1)
		const key = `mail-network:${network}`
		const soon = !hurried && (await take(key, ofNetwork))
		if (!soon && !(await takeLate(take, key, ofNetwork))) return false
	}
	return true
}

async function allHaveRoom(
	take: Take,
	caps: ReadonlyArray<[key: string, cap: number]>,
	widest: string | undefined,
): Promise<boolean> {
	for (const [key, cap] of caps) if (!(await hasRoom(take, key, cap, widest))) return false
	return true
}

async function hasRoom(take: Take, key: string, cap: number, widest: string | undefined): Promise<boolean> {
	if (await take(key, cap)) return true
	if (widest && (await take(`${key}:${widest}`, 1))) {
		if (await take(`${key}:reserve`, Math.ceil(cap / 5))) return true
	}
	return takeLate(take, key, cap)
}

/** Beyond the cap: half of it again, evenly over the hour. */
function takeLate(take: Take, key: string, cap: number): Promise<boolean> {
	return take(`${key}:late`, 1, Math.ceil(7_200 / cap))
}
