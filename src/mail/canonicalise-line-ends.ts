/**
 * A message with CRLF at the end of each line and nowhere else, as it goes over the wire. Bare CR and LF become line
 * ends: relays that disagree about them can be made to see a second message (SMTP smuggling).
 */
export function canonicaliseLineEnds(raw: string): string {
	return /\r(?!\n)|(?<!\r)\n/.test(raw) ? raw.replace(/\r\n|\r|\n/g, '\r\n') : raw
}
