import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

/** How long the browser that signed up may confirm without a second click. */
export const signupProofSeconds = 2 * 3_600

type SignedUp = { newsletterId: number; addressHash: string }

/**
 * What a browser keeps to show that the sign-up of this address was made in it. It is bound to the address by a
 * number made of its hash, not by a row's id: an id would tell old addresses from new ones (mail-rules T2).
 */
export function proveSignup(keys: Keys, { newsletterId, addressHash }: SignedUp, now: Date): string {
	const until = Math.floor(now.getTime() / 1000) + signupProofSeconds
	return signToken(keys, 'signup-cookie', [newsletterId, numberOf(addressHash), until])
}

/** Whether a browser's proof is one for this newsletter and address, and not too old. */
export function isProvenSignup(
	keys: Keys,
	proof: string | undefined,
	{ newsletterId, addressHash }: SignedUp,
	now: Date,
): boolean {
	const [newsletter, address, until = 0] = (proof && verifyToken(keys, 'signup-cookie', proof)) || []
	return newsletter === newsletterId && address === numberOf(addressHash) && until * 1000 > now.getTime()
}

// 48 bits: what a JavaScript number holds exactly
function numberOf(addressHash: string): number {
	return Buffer.from(addressHash, 'base64url').readUIntBE(0, 6)
}
