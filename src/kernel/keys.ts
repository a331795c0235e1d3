import {
	createCipheriv,
	createDecipheriv,
	createSecretKey,
	hkdfSync,
	type KeyObject,
	randomBytes,
	timingSafeEqual,
} from 'node:crypto'
import { createHmacSha256, type Hmac } from './hmac.ts'

/**
 * The secrets of an installation.
 * `signing` are the keys of links, newest first: the first signs, all verify, so that a link in a mail of
 * last year still works after a rotation. `hashing` never changes: it keys the hashes of tokens and suppressed addresses.
 */
export type Keys = {
	signing: readonly SigningKey[]
	hashing: Hmac
	/** What seals secrets that must be read again, such as those of one-time codes. */
	sealing: KeyObject
}

/** `id` goes into each token: 1 to 8 of a-z and 0-9. */
export type SigningKey = { id: string; mac: Hmac }

/** What a token is for: a token made for one purpose is worthless for another. */
export type TokenPurpose =
	| 'unsubscribe'
	| 'preferences'
	| 'return-path'
	| 'signup-cookie'
	| 'form-started'
	| 'message-id'
	| 'known-device'

const MAC_BYTES = 16 // 128 bits, mail-rules T1

/** Keys made from the master secret (HKDF, RFC 5869) and, after rotations, from former and newer link secrets. */
export function deriveKeys(
	masterSecret: string,
	linkSecrets: ReadonlyArray<{ id: string; secret: string }> = [],
): Keys {
	const signing = linkSecrets.map(({ id, secret }) => ({ id, mac: deriveMac(secret, 'envoi links') }))
	if (signing.length === 0) signing.push({ id: '1', mac: deriveMac(masterSecret, 'envoi links') })
	return {
		signing,
		hashing: deriveMac(masterSecret, 'envoi hashes'),
		sealing: createSecretKey(derive(masterSecret, 'envoi seals')),
	}
}

function deriveMac(secret: string, info: string): Hmac {
	return createHmacSha256(derive(secret, info))
}

function derive(secret: string, info: string): Buffer {
	return Buffer.from(hkdfSync('sha256', secret, '', info, 32))
}

/**
 * A signed token that holds whole numbers: `KEYID.N.N.MAC`, numbers in base 36, MAC 128 bits of
 * HMAC-SHA-256 in base64url (or, where it must survive lower-casing, in hex).
 */
export function signToken(
	keys: Keys,
	purpose: TokenPurpose,
	values: readonly number[],
	encoding: 'base64url' | 'hex' = 'base64url',
): string {
	const key = keys.signing[0]
	if (!key) throw new Error('no signing key')
	const body = [key.id, ...values.map((value) => value.toString(36))].join('.')
	return `${body}.${mac(key, purpose, body, encoding)}`
}

/** The numbers that `signToken` put in, or undefined where the token is altered, foreign or for another purpose. */
export function verifyToken(
	keys: Keys,
	purpose: TokenPurpose,
	token: string,
	encoding: 'base64url' | 'hex' = 'base64url',
): number[] | undefined {
	if (token.length > 200) return undefined
	const end = token.lastIndexOf('.')
	if (end < 0) return undefined
	const body = token.slice(0, end)
	const [keyId, ...values] = body.split('.')
	const key = keys.signing.find(({ id }) => id === keyId)
	if (!key) return undefined
	const expected = mac(key, purpose, body, encoding)
	if (!equalText(expected, token.slice(end + 1))) return undefined
	return values.map((value) => Number.parseInt(value, 36))
}

function mac(key: SigningKey, purpose: TokenPurpose, body: string, encoding: 'base64url' | 'hex'): string {
	const text = `${purpose}:${body}`
	if (encoding === 'hex') return key.mac(text, 'hex').slice(0, 2 * MAC_BYTES)
	return Buffer.from(key.mac(text, 'binary').slice(0, MAC_BYTES), 'binary').toString(encoding)
}

function equalText(a: string, b: string): boolean {
	const left = Buffer.from(a)
	const right = Buffer.from(b)
	return left.length === right.length && timingSafeEqual(left, right)
}

/** A random secret of 256 bits as text, for a link or an API key; only its `hashToken` is stored. */
export function randomToken(): string {
	return randomBytes(32).toString('base64url')
}

/** What is stored of a random token: the key makes a stolen table useless for guessing. */
export function hashToken(keys: Keys, token: string): string {
	return keys.hashing(`token:${token}`, 'base64url')
}

/** What is kept of an address where the address itself must not be: a keyed hash of its comparable form. */
export function hashAddress(keys: Keys, comparableAddress: string): string {
	return keys.hashing(`address:${comparableAddress}`, 'base64url')
}

/** Encrypts a short secret for the database (AES-256-GCM); `purpose` is bound to it. */
export function sealSecret(keys: Keys, purpose: string, secret: string): string {
	return sealBytes(keys, purpose, Buffer.from(secret)).toString('base64url')
}

/** The secret again; throws where it was altered, is another purpose's, or of another master secret. */
export function openSecret(keys: Keys, purpose: string, sealed: string): string {
	return openBytes(keys, purpose, Buffer.from(sealed, 'base64url')).toString('utf8')
}

/** As `sealSecret`, for bytes. */
export function sealBytes({ sealing }: Keys, purpose: string, bytes: Buffer): Buffer {
	const nonce = randomBytes(12)
	const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(purpose))
	const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
	return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

/** As `openSecret`, for bytes. */
export function openBytes({ sealing }: Keys, purpose: string, sealed: Buffer): Buffer {
	const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, 12))
	decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(12, 28))
	return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
}
