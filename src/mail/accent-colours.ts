/** A newsletter's one colour, and what stands on it or is written in it readably (WCAG 1.4.3: 4.5:1 or more). */
export type AccentColours = {
	accent: string
	/** Text on `accent`. */
	onAccent: string
	/** The accent for text on the light backgrounds, and for buttons with white text. */
	strong: string
	/** The accent for text on the dark backgrounds, where it needs more to look alive, and for buttons with `onLight` text. */
	light: string
	onLight: string
}

/** The backgrounds of the mails (`emails/partials/frame.mjml`): the page and the sheet on it, light and dark. */
export const surfaces = { page: '#f3f1ed', sheet: '#ffffff', darkPage: '#131417', darkSheet: '#1e2024' }

const fallback: Rgb = [0x1f, 0x5b, 0x7a]
const minContrast = 4.5

type Rgb = [number, number, number]

/** Makes any colour usable. What is not `#rgb` or `#rrggbb` becomes a quiet blue. */
export function accentColours(colour: string): AccentColours {
	const accent = parseHex(colour) ?? fallback
	return {
		accent: toHex(accent),
		onAccent: contrast(accent, [255, 255, 255]) >= minContrast ? '#ffffff' : '#000000',
		strong: toHex(moveUntil(minContrast, accent, 0, surfaces.page)),
		light: toHex(moveUntil(6, accent, 255, surfaces.darkSheet)),
		onLight: surfaces.darkPage,
	}
}

/** The contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(one: string, other: string): number {
	return contrast(parseHex(one) ?? fallback, parseHex(other) ?? fallback)
}

function moveUntil(least: number, colour: Rgb, target: number, background: string): Rgb {
	const against = parseHex(background) ?? fallback
	for (let share = 0; share < 1; share += 0.04) {
		const mixed = colour.map((value) => Math.round(value + (target - value) * share)) as Rgb
		if (contrast(mixed, against) >= least) return mixed
	}
	return [target, target, target]
}

function parseHex(text: string): Rgb | undefined {
	const long = text.trim().replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3')
	const digits = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(long)
	return digits ? (digits.slice(1).map((pair) => Number.parseInt(pair, 16)) as Rgb) : undefined
}

function toHex(colour: Rgb): string {
	return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}

function contrast(one: Rgb, other: Rgb): number {
	const [dark = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
	return (bright + 0.05) / (dark + 0.05)
}

function luminance([red, green, blue]: Rgb): number {
	return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(value: number): number {
	const share = value / 255
	return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}
