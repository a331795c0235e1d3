/** A name for addresses made of a newsletter's own: “Mains tendues” → `mains-tendues`, with a number where it is taken. */
export function toSlug(name: string, taken: readonly string[]): string {
	const plain = name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 40)
		.replace(/-+$/, '')
	const first = plain || 'news'
	for (let number = 1; ; number += 1) {
		const slug = number === 1 ? first : `${first}-${number}`
		if (!taken.includes(slug)) return slug
	}
}
