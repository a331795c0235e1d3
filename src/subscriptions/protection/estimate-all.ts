/** The signs of base64url as `collate "C"` sorts them. */
const signs = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'

/**
 * How many different hashes there are of which only the smallest are kept, `most` at the most: hashes lie evenly, so that `last`, the
 * largest kept, tells how closely (Bar-Yossef et al., Counting Distinct Elements in a Data Stream, 2002).
 */
export function estimateAll(kept: number, most: number, last: string): number {
	if (kept < most) return kept
	const place = [...last.slice(0, 8)].reduce(
		(sum, sign, index) => sum + signs.indexOf(sign) / 64 ** (index + 1),
		0,
	)
	return Math.max(kept, Math.round((most - 1) / place))
}
