/** A colour as `#rrggbb`. */
export type Colour = string

/** How far two colours stand apart, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrastRatio(a: Colour, b: Colour): number {
	const [dark, light] = [luminance(a), luminance(b)].sort((left, right) => left - right)
	return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

/**
 * The colour itself where it stands out enough from every background, else the nearest mix of it with white or
 * black that does. 4.5 is what text needs, 3 what edges and large signs need (WCAG 2.2, 1.4.3 and 1.4.11).
 */
export function readableOn(colour: Colour, backgrounds: readonly Colour[], minimum: number): Colour {
	const target = backgrounds.some((background) => luminance(background) < 0.18) ? '#ffffff' : '#000000'
	for (let share = 0; share <= 1; share += 0.02) {
		const mixed = mix(colour, target, share)
		if (backgrounds.every((background) => contrastRatio(mixed, background) >= minimum)) return mixed
	}
	return target
}

/** White on a colour where it can be read, else black: one of them always can. */
export function textOn(background: Colour): Colour {
	return contrastRatio('#ffffff', background) >= 4.5 ? '#ffffff' : '#000000'
}

/** `share` of the second colour in the first, from 0 to 1. */
export function mix(first: Colour, second: Colour, share: number): Colour {
	const [a, b] = [channels(first), channels(second)]
	return `#${a.map((value, index) => hex(value + ((b[index] ?? 0) - value) * share)).join('')}`
}

function channels(colour: Colour): number[] {
	return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
}

function hex(value: number): string {
	return Math.round(value).toString(16).padStart(2, '0')
}

function luminance(colour: Colour): number {
	const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
		const share = value / 255
		return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
	})
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
