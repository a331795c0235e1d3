import { generateKeyPairSync } from 'node:crypto'
import { type DkimKey, dkimRecordName } from '../../src/kernel/dkim-key.ts'

/** A key made for one test, and what its domain would publish: TXT values by name. */
export type TestDkimKey = DkimKey & { zone: Record<string, string> }

/** An RSA key under the selector `rsa`, of 2048 bits where nothing is said. */
export function makeRsaKey(domain = 'example.org', bits = 2048): TestDkimKey {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', {
		modulusLength: bits,
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		publicKeyEncoding: { type: 'spki', format: 'der' },
	})
	const key = { domain, selector: 'rsa', algorithm: 'rsa' as const, privateKey }
	return { ...key, zone: { [dkimRecordName(key)]: `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}` } }
}

/** An Ed25519 key under the selector `ed25519`. */
export function makeEd25519Key(domain = 'example.org'): TestDkimKey {
	const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		publicKeyEncoding: { type: 'spki', format: 'der' },
	})
	const key = { domain, selector: 'ed25519', algorithm: 'ed25519' as const, privateKey }
	// RFC 8463 §4: the last 32 octets are the key itself
	const publicHalf = publicKey.subarray(-32).toString('base64')
	return { ...key, zone: { [dkimRecordName(key)]: `v=DKIM1; k=ed25519; p=${publicHalf}` } }
}
