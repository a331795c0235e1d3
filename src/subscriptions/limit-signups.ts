import ipaddr from 'ipaddr.js'
import { AppError } from '../kernel/app-error.ts'
import type { EmailAddress } from '../kernel/email-address.ts'
import { hashAddress, type Keys } from '../kernel/keys.ts'
import type { Limiter } from '../kernel/limiter.ts'

export type SignupLimits = {
	signupsPerIpAndHour: number
	signupsPerAddressAndHour: number
	signupsPerDomainAndHour: number
}

type LimitDeps = { limiter: Limiter; keys: Keys; config: SignupLimits }

/**
 * Takes one sign-up from what a network, an address and a mail domain may do in an hour (mail-rules T3).
 * Throws `limited`, with the same words whichever it was, so that nothing is told of an address.
 */
export async function limitSignups(
	{ limiter, keys, config }: LimitDeps,
	{ ip, address }: { ip: string; address: EmailAddress },
): Promise<void> {
	const limits = [
		['signup-ip', networkOf(ip), config.signupsPerIpAndHour],
		['signup-address', address.comparable, config.signupsPerAddressAndHour],
		['signup-domain', address.domain, config.signupsPerDomainAndHour],
	] as const
	for (const [name, value, points] of limits) {
		const answer = await limiter.take(`${name}:${hashAddress(keys, value)}`, { points, perSeconds: 3_600 })
		if (!answer.ok) throw tooOften(answer.retryAfterSeconds)
	}
}

function tooOften(retryAfterSeconds: number): AppError {
	return new AppError('limited', 'errors.signup.limited', {
		params: { minutes: Math.ceil(retryAfterSeconds / 60) },
		retryAfterSeconds,
	})
}

/** What counts as one caller: an IPv4 address, or the /64 that an IPv6 line is handed. */
export function networkOf(ip: string): string {
	if (!ipaddr.isValid(ip)) return 'unknown'
	const address = ipaddr.process(ip)
	if (address.kind() === 'ipv4') return address.toString()
	return `${address.toNormalizedString().split(':').slice(0, 4).join(':')}::/64`
}
