import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export type ScryptCost = { N: number; r: number; p: number }

/** OWASP Password Storage Cheat Sheet: 32 MB and about 0.1 s of one core. */
export const fullCost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 }
const maxmem = 64 * 1024 * 1024
const saltBytes = 16
const hashBytes = 32

/** `scrypt$N$r$p$SALT$HASH`, in base64url: what it was made with stands in it, so that it can be made stronger later. */
export async function hashPassword(password: string, cost: ScryptCost): Promise<string> {
	const salt = randomBytes(saltBytes)
	const hash = await derive(password, salt, cost)
	return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether it is the password of this hash. Without a hash the work is that of `cost`, and the answer no. */
export async function verifyPassword(
	password: string,
	stored: string | null,
	cost: ScryptCost,
): Promise<boolean> {
	const [, N, r, p, salt, hash] = (stored ?? '').split('$')
	if (!salt || !hash) {
		await derive(password, Buffer.alloc(saltBytes), cost)
		return false
	}
	const made = { N: Number(N), r: Number(r), p: Number(p) }
	const expected = Buffer.from(hash, 'base64url')
	return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), made), expected)
}

/** The same letters are the same password, however a keyboard composes them (RFC 8265). */
function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		scrypt(password.normalize('NFC'), salt, hashBytes, { ...cost, maxmem }, (error, key) =>
			error ? reject(error) : resolve(key),
		)
	})
}
