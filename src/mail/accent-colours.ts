import { type Colour, contrastRatio, mix, textOn } from '../kernel/colour.ts'

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

const fallback = '#1f5b7a'
const minContrast = 4.5

/** Makes any colour usable. What is not `#rgb` or `#rrggbb` becomes a quiet blue. */
export function accentColours(colour: string): AccentColours {
	const accent = parseHex(colour) ?? fallback
	return {
		accent,
		onAccent: textOn(accent),
		strong: mixUntil(minContrast, accent, '#000000', surfaces.page),
		light: mixUntil(6, accent, '#ffffff', surfaces.darkSheet),
		onLight: surfaces.darkPage,
	}
}

/** The colour, with as much of the target in it as it needs to stand out from the background. */
function mixUntil(least: number, colour: Colour, target: Colour, background: Colour): Colour {
	for (let share = 0; share < 1; share += 0.04) {
		const mixed = mix(colour, target, share)
		if (contrastRatio(mixed, background) >= least) return mixed
	}
	return target
}

function parseHex(text: string): Colour | undefined {
	const long = text.trim().replace(/^#([\da-f])([\da-f])([\da-f])$/i, '#$1$1$2$2$3$3')
	return /^#[\da-f]{6}$/i.test(long) ? long.toLowerCase() : undefined
}
