/**
 * How much of a mail that came back is kept and read: reports say what they say first, and then return the message, of
 * which the header is enough. Whoever sends more costs neither memory nor time.
 */
export const keptBytesOfMail = 262_144

/** The beginning of a mail, as far as it is kept. */
export function keptOfMail(raw: Buffer): Buffer {
	return raw.length > keptBytesOfMail ? raw.subarray(0, keptBytesOfMail) : raw
}
