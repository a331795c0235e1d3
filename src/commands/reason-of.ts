import type { Locale, Messages } from '../kernel/messages.ts'

type Known = { code?: unknown; errno?: unknown; message?: unknown; cause?: unknown; errors?: unknown[] }

// what servers call their refusals, as a key under `errors.system.` of the texts
const refusals: Readonly<Record<string, string>> = {
	'28P01': 'password',
	'28000': 'permission',
	'3D000': 'no_database',
	'42501': 'permission',
	'53300': 'too_many',
	'53100': 'ENOSPC',
	'57P03': 'starting',
	ERR_SSL_WRONG_VERSION_NUMBER: 'no_tls',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no_tls',
}

const words: ReadonlyArray<[RegExp, string]> = [
	[/^WRONGPASS|invalid password|password authentication failed/i, 'password'],
	[/^NOAUTH|client password must be a string|no password/i, 'no_password'],
	[/^NOPERM/, 'permission'],
	[/Protocol error|expected (?:one of|.*reply)|reply type|received invalid response/i, 'protocol'],
	[/No space left on device|\bENOSPC\b/i, 'ENOSPC'],
	[/timeout|timed out|no answer/i, 'no_answer'],
	[/does not support SSL/i, 'no_tls'],
]

// WASI's numbers, which the embedded database gives without a name: https://github.com/WebAssembly/WASI (errno)
const wasiErrnos: Readonly<Record<number, string>> = {
	2: 'EACCES',
	31: 'EISDIR',
	44: 'ENOENT',
	51: 'ENOSPC',
	54: 'ENOTDIR',
	63: 'EPERM',
	69: 'EROFS',
}

/** Why something failed, as the end of a sentence in a person's language; a library's own words where there are no others. */
export function reasonOf(error: unknown, locale: Locale, messages: Messages): string {
	const key = findReason(error)
	if (key !== undefined) return messages.text(locale, `errors.system.${key}`)
	const { message, code } = (typeof error === 'object' && error !== null ? error : {}) as Known
	const told = typeof message === 'string' && message !== '' ? message.split('\n', 1)[0] : undefined
	const said = told ?? (typeof code === 'string' ? code : typeof error === 'string' ? error : undefined)
	// a password may stand in what a library says of a URL
	if (said !== undefined) return said.replace(/(:\/\/)[^\s/?#]*@/g, '$1').replace(/[.\s]+$/, '')
	return messages.text(locale, 'errors.system.no_answer')

	function findReason(of: unknown, depth = 0): string | undefined {
		if (typeof of !== 'object' || of === null || depth > 4) return undefined
		const { code, errno, message, cause, errors } = of as Known
		if (typeof code === 'string') {
			const known = refusals[code] ?? code
			if (messages.has(`errors.system.${known}`)) return known
		}
		if (typeof errno === 'number' && typeof code !== 'string' && wasiErrnos[errno]) return wasiErrnos[errno]
		const told = words.find(([pattern]) => typeof message === 'string' && pattern.test(message))
		return told?.[1] ?? findReason(cause, depth + 1) ?? findReason(errors?.[0], depth + 1)
	}
}
