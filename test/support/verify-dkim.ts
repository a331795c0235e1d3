import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

export type DkimVerdict = {
	algorithm: string
	domain: string
	selector: string
	names: string[]
	valid: boolean
}

/**
 * Verifies each DKIM-Signature of a message, written from RFC 6376 §6.1 and RFC 8463 apart from the code that signs:
 * relaxed/relaxed without `l=` only. `zone` holds the TXT values by name.
 */
export function verifyDkim(raw: string, zone: Readonly<Record<string, string>>): DkimVerdict[] {
	const [head = '', ...rest] = raw.split('\r\n\r\n')
	const fields = `${head}\r\n`.match(/[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*/g) ?? []
	const body = rest.join('\r\n\r\n')
	return fields
		.filter((field) => /^dkim-signature[ \t]*:/i.test(field))
		.map((signature) => check(signature, fields, body, zone))
}

function check(
	signature: string,
	fields: readonly string[],
	body: string,
	zone: Readonly<Record<string, string>>,
): DkimVerdict {
	const tags = readTags(signature.slice(signature.indexOf(':') + 1))
	const tag = (name: string) => tags.get(name)?.replace(/\s/g, '') ?? ''
	const names = tag('h').split(':')
	const bodyHash = createHash('sha256').update(relaxBody(body)).digest('base64')

	const left = fields.filter((field) => field !== signature)
	let signed = ''
	for (const name of names) {
		const at = left.findLastIndex((field) => field.split(':')[0]?.trim().toLowerCase() === name.toLowerCase())
		if (at >= 0) signed += `${relaxField(left.splice(at, 1)[0] ?? '')}\r\n`
	}
	signed += relaxField(signature.replace(/([;\s]b[ \t]*=)[^;]*/, '$1'))
	const record = readTags(zone[`${tag('s')}._domainkey.${tag('d')}`] ?? '')
	const valid =
		tag('c') === 'relaxed/relaxed' &&
		!tags.has('l') &&
		tag('bh') === bodyHash &&
		isSignedBy(tag('a'), signed, record.get('p') ?? '', Buffer.from(tag('b'), 'base64'))
	return { algorithm: tag('a'), domain: tag('d'), selector: tag('s'), names, valid }
}

function readTags(list: string): Map<string, string> {
	const pairs = list.split(';').filter((pair) => pair.includes('='))
	return new Map(
		pairs.map((pair) => {
			const [name = '', ...value] = pair.split('=')
			return [name.trim(), value.join('=').trim()]
		}),
	)
}

function relaxField(field: string): string {
	const [name = '', ...value] = field.split(':')
	const words = value
		.join(':')
		.split(/[ \t\r\n]+/)
		.filter(Boolean)
	return `${name.trim().toLowerCase()}:${words.join(' ')}`
}

function relaxBody(body: string): string {
	const lines = body.split('\r\n').map((line) => {
		const indent = /^[ \t]/.test(line) ? ' ' : ''
		const words = line.split(/[ \t]+/).filter(Boolean)
		return words.length > 0 ? indent + words.join(' ') : ''
	})
	while (lines.at(-1) === '') lines.pop()
	return lines.map((line) => `${line}\r\n`).join('')
}

function isSignedBy(algorithm: string, text: string, publicHalf: string, signature: Buffer): boolean {
	const bytes = Buffer.from(publicHalf, 'base64')
	if (bytes.length === 0) return false
	if (algorithm === 'rsa-sha256') {
		return verify(
			'sha256',
			Buffer.from(text),
			createPublicKey({ key: bytes, format: 'der', type: 'spki' }),
			signature,
		)
	}
	const digest = createHash('sha256').update(text).digest()
	return algorithm === 'ed25519-sha256' && verify(null, digest, ed25519Key(bytes), signature)
}

function ed25519Key(bytes: Buffer): KeyObject {
	return createPublicKey({
		key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
		format: 'jwk',
	})
}
