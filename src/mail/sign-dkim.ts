import { createHash, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type Clock, systemClock } from '../kernel/clock.ts'
import { type DkimKey, openDkimKey } from '../kernel/dkim-key.ts'
import type { Log } from '../kernel/log.ts'
import type { MessagePiece, RawMessage, SignDkim } from '../kernel/mail.ts'
import { canonicaliseHeaderField } from './canonicalise-header.ts'
import { canonicaliseLineEnds } from './canonicalise-line-ends.ts'
import { createBodyHasher } from './create-body-hasher.ts'
import { watchAlignment } from './dkim-alignment.ts'
import { closeSignatureField, openSignatureField } from './dkim-signature-field.ts'
import { chooseSignedFields, type SignedFields } from './dkim-signed-fields.ts'

export type DkimSignerOptions = {
	/** What `t=` tells. */
	clock?: Clock
	/** Hears of short keys, and once of each From that no key is aligned with. */
	log?: Log
}

/**
 * Makes signatures (RFC 6376, relaxed/relaxed, no `l=`): one with each key, in their order. Ed25519 (RFC 8463) is no
 * more than a second signature, as many receivers know RSA alone. Throws where a key can't be used.
 */
export function createDkimSigner(
	keys: readonly DkimKey[],
	{ clock = systemClock, log }: DkimSignerOptions = {},
): SignDkim {
	if (!keys.some(({ algorithm }) => algorithm === 'rsa')) throw new Error('DKIM needs an RSA key')
	const signers = keys.map((key) => openSigner(key, log))
	const domains = keys.map(({ domain }) => domain)
	const checkAlignment = watchAlignment(domains, (domain) =>
		log?.warn(
			{ from: domain, signed: domains },
			'the DKIM key is of another domain than From: DMARC needs SPF',
		),
	)
	const hashBody = createBodyHasher()
	return async (raw) => {
		const { header, body } = split(raw)
		const fields = chooseSignedFields(header)
		checkAlignment(fields.from)
		const bodyHash = hashBody(body)
		const signedAt = Math.floor(clock.now().getTime() / 1000)
		const signatures = await Promise.all(signers.map((signer) => signer({ fields, bodyHash, signedAt })))
		return signatures.join('')
	}
}

function split(raw: RawMessage): { header: string; body: string | readonly MessagePiece[] } {
	if (typeof raw !== 'string') return { header: raw.header.slice(0, -'\r\n\r\n'.length), body: raw.body }
	const message = canonicaliseLineEnds(raw)
	const headerEnd = message.indexOf('\r\n\r\n')
	if (headerEnd < 0) return { header: message, body: '' }
	return { header: message.slice(0, headerEnd), body: message.slice(headerEnd + 4) }
}

type Signable = { fields: SignedFields; bodyHash: Buffer; signedAt: number }

function openSigner(dkimKey: DkimKey, log: Log | undefined): (message: Signable) => Promise<string> {
	const { domain, selector, algorithm } = dkimKey
	const opened = openDkimKey(dkimKey)
	if (!opened.ok) throw new Error(`the DKIM key ${selector} of ${domain} can’t be used: ${opened.problem}`)
	const { key, bits } = opened
	if (algorithm === 'rsa' && bits < 2048)
		// RFC 8301 §3.2
		log?.warn({ domain, selector, bits }, 'the DKIM key is short: make one of 2048 bits')
	return async ({ fields, bodyHash, signedAt }) => {
		const field = openSignatureField({
			algorithm: `${algorithm}-sha256`,
			domain,
			selector,
			signedAt,
			names: fields.names,
			bodyHash: bodyHash.toString('base64'),
		})
		// RFC 6376 §3.7: the signature's own field comes last, with an empty b= and no CRLF
		const signature = await signers[algorithm](fields.canonical + canonicaliseHeaderField(field), key)
		return closeSignatureField(field, signature.toString('base64'))
	}
}

// with a callback the arithmetic, 0.2 ms for RSA-2048, runs beside this thread
const signAside = promisify<string | null, Buffer, KeyObject, Buffer>(sign)

const signers = {
	rsa: (text: string, key: KeyObject) => signAside('sha256', Buffer.from(text), key),
	// RFC 8463 §3: PureEdDSA over the SHA-256 hash
	ed25519: (text: string, key: KeyObject) => signAside(null, hash(text), key),
}

function hash(text: string): Buffer {
	return createHash('sha256').update(text).digest()
}
