import { createPrivateKey, type KeyObject } from 'node:crypto'

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

/** The name of the TXT record that holds the public half (RFC 6376 §3.6.2.1). */
export function dkimRecordName({ domain, selector }: Pick<DkimKey, 'domain' | 'selector'>): string {
	return `${selector}._domainkey.${domain}`
}

export type OpenedDkimKey = { ok: true; key: KeyObject; bits: number } | { ok: false; problem: string }

/** RFC 8301 §3.2: what signers must not go below, and what verifiers need not take beyond. */
const rsaBits = { min: 1024, max: 4096 }

/** Opens the private half. `problem` ends a sentence that begins with the name of the setting. */
export function openDkimKey({
	algorithm,
	privateKey,
}: Pick<DkimKey, 'algorithm' | 'privateKey'>): OpenedDkimKey {
	const key = readPem(privateKey)
	if (typeof key === 'string') return { ok: false, problem: key }
	if (key.asymmetricKeyType !== algorithm) {
		const wanted = algorithm === 'rsa' ? 'an RSA' : 'an Ed25519'
		return { ok: false, problem: `must be ${wanted} key, and is of the type ${key.asymmetricKeyType}` }
	}
	const bits = algorithm === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 256
	if (algorithm === 'rsa' && (bits < rsaBits.min || bits > rsaBits.max)) {
		const problem = `has ${bits} bits: mail servers take ${rsaBits.min} to ${rsaBits.max}, and 2048 are right`
		return { ok: false, problem }
	}
	return { ok: true, key, bits }
}

function readPem(pem: string): KeyObject | string {
	try {
		return createPrivateKey(pem)
	} catch {
		// Node's own words may quote what was given
		return /\bENCRYPTED\b/.test(pem)
			? 'is protected by a passphrase: give it without one'
			: 'is no private key in PEM (-----BEGIN PRIVATE KEY-----)'
	}
}
