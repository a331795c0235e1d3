const maxLine = 78 // RFC 5322 §2.1.1, without the CRLF
const base64Chunk = 72

/** The tags of a signature as RFC 6376 §3.5 names them, save those that are the same for every message. */
export type DkimTags = {
	algorithm: 'rsa-sha256' | 'ed25519-sha256'
	domain: string
	selector: string
	/** `t=`, seconds since 1970. */
	signedAt: number
	/** `h=` */
	names: readonly string[]
	/** `bh=`, base64. */
	bodyHash: string
}

/**
 * The DKIM-Signature field up to its empty `b=`, folded, for `signDkim` to hash and then to complete. No `l=`
 * (mail-rules A5): whatever stands in the message is covered.
 */
export function openSignatureField(tags: DkimTags): string {
	const words = [
		'DKIM-Signature:',
		'v=1;',
		`a=${tags.algorithm};`,
		'c=relaxed/relaxed;',
		`d=${tags.domain};`,
		`s=${tags.selector};`,
		`t=${tags.signedAt};`,
	]
	const names = tags.names.map((name, index) => `${name}${index < tags.names.length - 1 ? ':' : ';'}`)
	const [first = '', ...others] = names
	return [...fold([...words, `h=${first}`], others), ` bh=${tags.bodyHash};`, ' b='].join('\r\n')
}

/** Puts the signature, base64, behind `b=` and ends the field with CRLF. White space in it means nothing (§3.5). */
export function closeSignatureField(open: string, signature: string): string {
	const chunks: string[] = []
	for (let at = 0; at < signature.length; at += base64Chunk)
		chunks.push(signature.slice(at, at + base64Chunk))
	return `${open}${chunks.join('\r\n ')}\r\n`
}

/** Lines of `words` with spaces between, then of `tight` ones that need none. */
function fold(words: readonly string[], tight: readonly string[]): string[] {
	const lines: string[] = []
	let line = ''
	const add = (word: string, gap: '' | ' ') => {
		if (line && line.length + gap.length + word.length > maxLine) {
			lines.push(line)
			line = ` ${word}`
		} else line += line ? gap + word : word
	}
	for (const word of words) add(word, ' ')
	for (const word of tight) add(word, '')
	return [...lines, line]
}
