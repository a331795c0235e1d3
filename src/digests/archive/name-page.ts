const longestName = 70

/**
 * The last part of a page's address: its day, and what can be read of its title in an address,
 * `2026-11-26-a-school-kitchen-opens`. A number sets it apart from those that are `taken`.
 */
export function namePage(day: string, title: string, taken: ReadonlySet<string>): string {
	const words = slugOf(title)
	const name = words ? `${day}-${words}` : day
	for (let number = 2; ; number++) {
		const own = number === 2 ? name : `${name}-${number - 1}`
		if (!taken.has(own)) return own
	}
}

/** Letters of other scripts have no place in it; the rest is cut between words. */
function slugOf(title: string): string {
	const words = title
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.replace(/œ/gi, 'oe')
		.replace(/æ/gi, 'ae')
		.replace(/ß/g, 'ss')
		.replace(/['’]/g, ' ')
		.toLowerCase()
		.split(/[^a-z0-9]+/)
		.filter(Boolean)
	let slug = ''
	for (const word of words) {
		const longer = slug ? `${slug}-${word}` : word.slice(0, longestName)
		if (longer.length > longestName) break
		slug = longer
	}
	return slug
}
