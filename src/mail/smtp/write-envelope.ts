import type { ReadyMessage } from '../../kernel/mail.ts'
import type { Extensions } from './extensions.ts'

export type Envelope = ReadyMessage['envelope']

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range
export const beyondAscii = /[^\u0000-\u007f]/

/** The MAIL command (RFC 5321 §4.1.1.2) with what the relay offers to heed; `size` in bytes. */
export function mailCommand(
	{ from, to, envelopeId }: Envelope,
	{ size, isAscii }: { size: number; isAscii: boolean },
	offered: Extensions,
): string {
	const parameters: string[] = []
	if (offered.smtpUtf8 && beyondAscii.test(from + to)) parameters.push('SMTPUTF8')
	if (!isAscii && offered.eightBitMime) parameters.push('BODY=8BITMIME')
	else if (!isAscii && offered.binaryMime) parameters.push('BODY=BINARYMIME')
	if (offered.size) parameters.push(`SIZE=${size}`)
	// what a report has to bring back (RFC 3461 §4.3, §4.4)
	if (offered.dsn && envelopeId) parameters.push('RET=HDRS', `ENVID=${xtext(envelopeId)}`)
	return ['MAIL FROM:', `<${from}>`].join('') + parameters.map((parameter) => ` ${parameter}`).join('')
}

/** The RCPT command (RFC 5321 §4.1.1.3), with what is to be reported about it. */
export function rcptCommand({ to, envelopeId }: Envelope, offered: Extensions): string {
	if (!offered.dsn || !envelopeId) return `RCPT TO:<${to}>`
	// a local part beyond ASCII has another form there (RFC 6533 §3)
	const original = beyondAscii.test(to) ? '' : ` ORCPT=rfc822;${xtext(to)}`
	return `RCPT TO:<${to}> NOTIFY=FAILURE,DELAY${original}`
}

// RFC 3461 §4
function xtext(text: string): string {
	return text.replace(
		/[^!-*,-<>-~]/g,
		(character) => `+${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
	)
}
