import { createHmac, randomInt, timingSafeEqual } from 'node:crypto'
import { type Challenge, createChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import { invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Keys } from '../../kernel/keys.ts'
import type { Limiter } from '../../kernel/limiter.ts'

type ChallengeDeps = { keys: Keys; clock: Clock }

/** A form may stand open for a while before it is sent. */
export const challengeSeconds = 3_600

/**
 * Half a second of a computer's work, a few of an old telephone's: 2,000 to 6,000 keys are tried, 1,000 rounds each. It is
 * known beforehand which one fits, so checking costs no more than two signatures.
 */
const work = { algorithm: 'PBKDF2/SHA-256', cost: 1_000 } as const
const [fewestTries, mostTries] = [2_000, 6_000]

/**
 * A task for the browser of who signs up (ALTCHA, proof of work v2), good once and for one newsletter: its secret is that of
 * the newsletter. When it ends stands among its data, as the library would go by the clock of this machine.
 */
export function makeChallenge(
	{ keys, clock }: ChallengeDeps,
	newsletterId: number,
	tries = randomInt(fewestTries, mostTries),
): Promise<Challenge> {
	const expires = Math.floor(clock.now().getTime() / 1_000) + challengeSeconds
	return createChallenge({
		...{ ...work, deriveKey, counter: tries },
		...secretsOf(keys, newsletterId),
		data: { expires },
	})
}

function secretsOf(keys: Keys, newsletterId: number) {
	return {
		hmacSignatureSecret: keys.hashing(`challenge:${newsletterId}`, 'base64url'),
		hmacKeySignatureSecret: keys.hashing(`challenge-key:${newsletterId}`, 'base64url'),
	}
}

const payload = z.object({
	challenge: z.object({
		parameters: z.looseObject({
			algorithm: z.literal(work.algorithm),
			cost: z.literal(work.cost),
			nonce: z.string().max(100),
			salt: z.string().max(100),
			keyLength: z.int(),
			keyPrefix: z.string().max(100),
			keySignature: z.string().max(100),
			data: z.object({ expires: z.int() }),
		}),
		signature: z.string().max(100),
	}),
	solution: z.object({ counter: z.int(), derivedKey: z.string().max(200) }),
})

const longestPayload = 4_000

/**
 * Takes the solution of a challenge, as ALTCHA's widgets send it: JSON as base64. Throws `invalid` where it is wrong or of
 * another newsletter, where its time is over, and where it was taken before, in whichever process.
 */
export async function takeSolution(
	{ keys, clock, limiter }: ChallengeDeps & { limiter: Pick<Limiter, 'take'> },
	newsletterId: number,
	solved: string,
): Promise<void> {
	const read = readPayload(solved)
	if (!read || !isSolution(keys, newsletterId, read)) throw refused('wrong')
	const { parameters, signature } = read.challenge
	if (parameters.data.expires * 1_000 <= clock.now().getTime()) throw refused('expired')
	const once = { points: 1, perSeconds: challengeSeconds + 60 }
	const { ok } = await limiter.take(`challenge:${signature}`, once)
	if (!ok) throw refused('used')
}

function readPayload(solved: string): z.output<typeof payload> | undefined {
	if (solved.length > longestPayload) return undefined
	try {
		const given: unknown = JSON.parse(Buffer.from(solved, 'base64').toString('utf8'))
		return payload.safeParse(given).data
	} catch {
		return undefined
	}
}

/**
 * As `verifySolution` of the library has it, but at once: through the browsers' interface to cryptography, which the library
 * takes, two signatures cost more than all else that a sign-up does.
 */
function isSolution(
	keys: Keys,
	newsletterId: number,
	{ challenge, solution }: z.output<typeof payload>,
): boolean {
	const { hmacSignatureSecret, hmacKeySignatureSecret } = secretsOf(keys, newsletterId)
	const { parameters, signature } = challenge
	const key = Buffer.from(solution.derivedKey, 'hex')
	return (
		isSigned(hmacSignatureSecret, canonicalJson(parameters), signature) &&
		isSigned(hmacKeySignatureSecret, key, parameters.keySignature)
	)
}

function isSigned(secret: string, content: string | Buffer, signature: string): boolean {
	const expected = createHmac('sha256', secret).update(content).digest()
	const given = Buffer.from(signature, 'hex')
	return given.length === expected.length && timingSafeEqual(given, expected)
}

/** JSON whose keys are sorted, at every depth: what ALTCHA signs. */
function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_key, inner: unknown) =>
		inner !== null && typeof inner === 'object' && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
			: inner,
	)
}

function refused(why: 'wrong' | 'expired' | 'used') {
	return invalidField('altcha', `errors.signup.challenge_${why}`)
}
