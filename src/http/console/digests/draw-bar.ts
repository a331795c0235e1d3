import type { ProviderFigures } from '../../../deliveries/index.ts'

/** The bar of a digest: where each part begins and how wide it is, in thousandths. */
export type Bar = Array<{ name: 'accepted' | 'refused' | 'in_doubt'; x: number; width: number }>

type Counts = Pick<ProviderFigures, 'planned' | 'accepted' | 'refused' | 'bounced' | 'complained' | 'inDoubt'>

const barWidth = 1_000

/** Small parts are drawn `leastWidth` wide, so that they can be seen. */
export function drawBar(
	{ planned, accepted, refused, bounced, complained, inDoubt }: Counts,
	leastWidth = 5,
): Bar {
	const parts = [
		{ name: 'accepted' as const, count: accepted },
		{ name: 'refused' as const, count: refused + bounced + complained },
		{ name: 'in_doubt' as const, count: inDoubt },
	]
	let x = 0
	return parts.flatMap(({ name, count }) => {
		if (count === 0 || planned === 0) return []
		const width = Math.min(barWidth - x, Math.max(leastWidth, Math.round((count / planned) * barWidth)))
		const part = { name, x, width }
		x += width
		return [part]
	})
}
