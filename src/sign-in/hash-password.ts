import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

// OWASP Password Storage Cheat Sheet: 32 MB and about 0.1 s of one core
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const saltBytes = 16
const hashBytes = 32

/** `scrypt$N$r$p$SALT$HASH`, in base64url: what it was made with stands in it, so that it can be made stronger later. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(saltBytes)
	const hash = await derive(password, salt, cost)
	return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Whether it is the password of this hash. Without a hash the work is the same, and the answer no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
	const [, N, r, p, salt, hash] = (stored ?? '').split('$')
	if (!salt || !hash) {
		await derive(password, Buffer.alloc(saltBytes), cost)
		return false
	}
	const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem }
	const expected = Buffer.from(hash, 'base64url')
	return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), options), expected)
}

/** The same letters are the same password, however a keyboard composes them (RFC 8265). */
function derive(password: string, salt: Buffer, options: typeof cost): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, key) =>
			error ? reject(error) : resolve(key),
		)
	})
}
