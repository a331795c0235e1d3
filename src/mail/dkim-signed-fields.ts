import { canonicaliseHeaderField } from './canonicalise-header.ts'

/**
 * What every signature covers (mail-rules A3, A4, U3, H6), there or not: all that a reader is shown, that leaving and
 * feedback hang on, or that says how the body is read.
 */
const coveredNames = [
	'From',
	'To',
	'Cc',
	'Subject',
	'Date',
	'Message-ID',
	'Reply-To',
	'MIME-Version',
	'Content-Type',
	'Content-Transfer-Encoding',
	'List-Unsubscribe',
	'List-Unsubscribe-Post',
	'List-ID',
	'List-Post',
	'List-Help',
	'List-Owner',
	'List-Archive',
	'Feedback-ID',
	'Auto-Submitted',
	'Precedence',
].map((name) => ({ name, key: name.toLowerCase() }))

export type SignedFields = {
	/** For `h=`. Each name stands once more than the message has the field, so that none can be added (RFC 6376 §8.15). */
	names: string[]
	/** The canonical fields in that order, each with its CRLF. */
	canonical: string
	/** The value of From. */
	from: string
}

/** Chooses what is signed of a header with CRLF line ends. Throws where it has no From (RFC 6376 §5.4). */
export function chooseSignedFields(header: string): SignedFields {
	const fields = readFields(header)
	const names: string[] = []
	let canonical = ''
	for (const { name, key } of coveredNames) {
		// several of a name are taken from the last to the first, RFC 6376 §5.4.2
		for (const field of fields.get(key)?.toReversed() ?? []) {
			names.push(name)
			canonical += `${field}\r\n`
		}
		names.push(name)
	}
	const from = fields.get('from')?.[0]
	if (from === undefined) throw new Error('a message without From can’t be signed')
	return { names, canonical, from: from.slice('from:'.length) }
}

function readFields(header: string): Map<string, string[]> {
	const fields = new Map<string, string[]>()
	for (const field of header.split(/\r\n(?![ \t])/)) {
		if (!field.includes(':')) continue
		const canonical = canonicaliseHeaderField(field)
		const key = canonical.slice(0, canonical.indexOf(':'))
		const others = fields.get(key)
		if (others) others.push(canonical)
		else fields.set(key, [canonical])
	}
	return fields
}
