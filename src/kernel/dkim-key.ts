import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { MessageParams } from './app-error.ts'

/**
 * A key that mail is signed with (RFC 6376). Its public half stands in DNS at `selector._domainkey.domain`;
 * `privateKey` is PEM.
 */
export type DkimKey = {
	domain: string
	selector: string
	algorithm: 'rsa' | 'ed25519'
	privateKey: string
}

/** Whether a selector can be part of a name in DNS (RFC 6376 §3.1). */
export function isDkimSelector(text: string): boolean {
	return text.length <= 63 && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text)
}

/** Whether a signature of one domain speaks for the other (RFC 7489 §3.1.1): they are the same, or one lies under the other. */
export function isAligned(one: string, other: string): boolean {
	return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`)
}

/** The name of the TXT record that holds the public half (RFC 6376 §3.6.2.1). */
export function dkimRecordName({ domain, selector }: Pick<DkimKey, 'domain' | 'selector'>): string {
	return `${selector}._domainkey.${domain}`
}

/** What the TXT record says (RFC 6376 §3.6.1), in one piece. */
export function dkimRecordValue(algorithm: DkimKey['algorithm'], publicKey: KeyObject): string {
	return `v=DKIM1; k=${algorithm}; p=${publicHalf(algorithm, publicKey)}`
}

function publicHalf(algorithm: DkimKey['algorithm'], publicKey: KeyObject): string {
	if (algorithm === 'rsa') return publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
	// RFC 8463 §4: the 32 octets of the key alone
	return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')
}

export type OpenedDkimKey =
	| { ok: true; key: KeyObject; bits: number }
	| { ok: false; problem: DkimKeyProblem; params?: MessageParams }

/** Why a key can't be used: `errors.setting.dkim.*` of the texts has a sentence for each. */
export type DkimKeyProblem = 'not_pem' | 'passphrase' | 'key_type' | 'bits'

/** RFC 8301 §3.2: what signers must not go below, and what verifiers need not take beyond. */
const rsaBits = { min: 1024, max: 4096 }

/** Opens the private half. */
export function openDkimKey({
	algorithm,
	privateKey,
}: Pick<DkimKey, 'algorithm' | 'privateKey'>): OpenedDkimKey {
	const key = readPem(privateKey)
	if (typeof key === 'string') return { ok: false, problem: key }
	if (key.asymmetricKeyType !== algorithm) {
		return {
			ok: false,
			problem: 'key_type',
			params: { wanted: algorithm, is: String(key.asymmetricKeyType) },
		}
	}
	const bits = algorithm === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 256
	if (algorithm === 'rsa' && (bits < rsaBits.min || bits > rsaBits.max)) {
		const { min, max } = rsaBits
		return { ok: false, problem: 'bits', params: { bits: String(bits), min: String(min), max: String(max) } }
	}
	return { ok: true, key, bits }
}

function readPem(pem: string): KeyObject | 'passphrase' | 'not_pem' {
	try {
		return createPrivateKey(pem)
	} catch {
		// Node's own words may quote what was given
		return /\bENCRYPTED\b/.test(pem) ? 'passphrase' : 'not_pem'
	}
}
