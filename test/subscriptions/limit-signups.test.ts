import { describe, expect, it } from 'vitest'
import { deriveKeys } from '../../src/kernel/keys.ts'
import type { Limiter } from '../../src/kernel/limiter.ts'
import { findCapOnMail } from '../../src/subscriptions/limit-signups.ts'

const keys = deriveKeys('a secret key of this test, 32 characters or more')
const wide = 1_000_000
const config = {
	signupsPerIpAndHour: wide,
	signupsPerDomainAndHour: wide,
	signupsPerNewsletterAndHour: wide,
	signupsPerHour: wide,
}

/** Counts within one hour. */
function counters(): Pick<Limiter, 'take' | 'giveBack'> {
	const counts = new Map<string, number>()
	return {
		take: async (key, { points }) => {
			const count = (counts.get(key) ?? 0) + 1
			counts.set(key, count)
			return count <= points ? { ok: true } : { ok: false, retryAfterSeconds: 60 }
		},
		giveBack: async (key) => {
			counts.set(key, (counts.get(key) ?? 0) - 1)
		},
	}
}

type Asked = { domain?: string; newsletterId?: number; network?: string; unproven?: boolean }

async function mailsOf(
	limits: Partial<typeof config>,
	asked: readonly Asked[],
	limiter = counters(),
): Promise<number> {
	let mails = 0
	for (const { domain = 'post.example', newsletterId = 1, network = 'a', unproven = false } of asked) {
		const wish = { domain, newsletterId, networks: [network], hurried: false, unproven }
		if (!(await findCapOnMail({ limiter, keys, config: { ...config, ...limits } }, wish))) mails++
	}
	return mails
}

const many = (count: number, of: (n: number) => Asked) => Array.from({ length: count }, (_, n) => of(n))

describe('The caps on mails to strangers', () => {
	it('hold for a newsletter, whichever the domains, and keep a reserve for networks that are new to it', async () => {
		const limiter = counters()
		const limits = { signupsPerNewsletterAndHour: 20 }
		const flood = many(50, (n) => ({ domain: `d${n}.example`, network: `n${n % 2}` }))
		// twenty, one of the reserve for each network, and the first of what goes out evenly
		expect(await mailsOf(limits, flood, limiter)).toBe(23)
		expect(await mailsOf(limits, [{ network: 'a person’s' }], limiter)).toBe(1)
		expect(await mailsOf(limits, [{ newsletterId: 2, network: 'n0' }], limiter)).toBe(1)
	})

	it('hold for all newsletters together', async () => {
		const flood = many(50, (n) => ({ domain: `d${n}.example`, newsletterId: n, network: `n${n % 2}` }))
		expect(await mailsOf({ signupsPerHour: 10 }, flood)).toBe(13)
	})

	it('count a mail that may not go out for nobody: a flood on one newsletter keeps nobody out of another', async () => {
		const limiter = counters()
		const limits = { signupsPerNewsletterAndHour: 20, signupsPerDomainAndHour: 100 }
		expect(
			await mailsOf(
				limits,
				many(150, () => ({ newsletterId: 1 })),
				limiter,
			),
		).toBe(22)
		expect(
			await mailsOf(
				limits,
				many(50, () => ({ newsletterId: 2, network: 'b' })),
				limiter,
			),
		).toBe(22)
	})

	it('are a tenth for a domain of throw-away mailboxes, which is not refused', async () => {
		const limits = { signupsPerDomainAndHour: 100 }
		const to = (domain: string) => many(200, () => ({ domain }))
		expect(await mailsOf(limits, to('mailinator.com'))).toBe(12)
		expect(await mailsOf(limits, to('post.example'))).toBe(102)
		expect(await mailsOf({ signupsPerDomainAndHour: 1 }, [{ domain: 'mailinator.com' }])).toBe(1)
	})

	it('count what brings no solution apart: a fifth, and nothing of the room of others', async () => {
		const limiter = counters()
		const limits = { signupsPerNewsletterAndHour: 20 }
		const flood = many(50, (n) => ({ domain: `d${n}.example`, network: `n${n % 2}`, unproven: true }))
		// four, one of the reserve for each network, and the first of what goes out evenly
		expect(await mailsOf(limits, flood, limiter)).toBe(7)
		expect(await mailsOf(limits, [{ network: 'a person’s', unproven: true }], limiter)).toBe(1)
		const solved = many(20, (n) => ({ domain: `s${n}.example`, network: `s${n}` }))
		expect(await mailsOf(limits, solved, limiter)).toBe(20)
		// of one network
		const limited = { signupsPerIpAndHour: 10 }
		expect(
			await mailsOf(
				limited,
				many(50, () => ({ unproven: true })),
			),
		).toBe(3)
	})
})
