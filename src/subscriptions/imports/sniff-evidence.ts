/** What a file that proves consent may be, by the bytes that it begins with, in hex; what a browser calls it is not heeded. */
const beginnings = [
	{ contentType: 'application/pdf', extension: 'pdf', begins: /^255044462d/ },
	{ contentType: 'image/png', extension: 'png', begins: /^89504e470d0a1a0a/ },
	{ contentType: 'image/jpeg', extension: 'jpg', begins: /^ffd8ff/ },
	// RIFF, four bytes of its size, WEBP
	{ contentType: 'image/webp', extension: 'webp', begins: /^52494646.{8}57454250/ },
] as const

export type EvidenceType = Pick<(typeof beginnings)[number], 'contentType' | 'extension'>

/** Undefined for what is neither a PDF nor a picture. */
export function sniffEvidence(bytes: Buffer): EvidenceType | undefined {
	const begin = bytes.toString('hex', 0, 16)
	return beginnings.find(({ begins }) => begins.test(begin))
}
