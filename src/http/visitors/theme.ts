import { z } from 'zod'
import { type Colour, contrastRatio, mix, readableOn, textOn } from '../../kernel/colour.ts'
import { defineRoute, type Route } from '../server/route.ts'

// the backgrounds of `server/public/tokens.css`, lightest and darkest of each scheme
const light = { sheet: '#ffffff', grounds: ['#ffffff', '#f6f4ef'], text: 4.6, areas: [0.3, 0.13] }
// more than WCAG asks: thin coloured letters on a dark background are hard to read
const dark = { sheet: '#1d2024', grounds: ['#1d2024', '#131518'], text: 6, areas: [0.3, 0.15] }

/**
 * A newsletter's colour as a stylesheet: the content policy forbids styles in the page. Whatever the colour, texts in
 * it and on it can be read, in the light and in the dark.
 */
export function themeRoutes(): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/theme/{colour}.css',
			tag: 'Pages',
			summary: 'The colours of a page, made from the one of its newsletter',
			access: 'public',
			params: z.object({ colour: z.string().regex(/^[0-9a-f]{6}$/) }),
			responses: { 200: { description: 'A stylesheet', contentType: 'text/css' } },
			handle: ({ params }) => ({
				text: `${theme(`#${params.colour}`)}\n`,
				contentType: 'text/css',
				headers: { 'Cache-Control': 'public, max-age=86400' },
			}),
		}),
	]
}

function theme(colour: Colour): string {
	const inDark = `@media (prefers-color-scheme: dark) {\n:root {\n${declare(colour, dark)}\n}\n}`
	return `:root {\n${declare(colour, light)}\n}\n${inDark}`
}

function declare(colour: Colour, { sheet, grounds, text, areas }: typeof light): string {
	const fill = readableOn(colour, grounds, 1.6)
	const on = textOn(fill)
	const edge = readableOn(colour, grounds, 3)
	const words = readableOn(colour, [...grounds, tintOf(sheet, edge)], text)
	const [first = 0, second = 0] = areas
	return [
		`--accent: ${colour};`,
		`--accent-fill: ${fill};`,
		`--accent-fill-strong: ${mix(fill, on === '#ffffff' ? '#000000' : '#ffffff', 0.16)};`,
		`--on-accent: ${on};`,
		`--accent-edge: ${edge};`,
		`--accent-text: ${words};`,
		`--accent-tint: ${tintOf(sheet, edge)};`,
		`--chart-1: ${words};`,
		`--chart-2: ${paler(words, sheet)};`,
		`--area-1: ${mix(sheet, words, first)};`,
		`--area-2: ${mix(sheet, words, second)};`,
	].join('\n')
}

/** Towards the sheet as far as a shape can still be told from it (WCAG 1.4.11: 3 to 1). */
function paler(colour: Colour, sheet: Colour): Colour {
	for (let share = 0.6; share > 0; share -= 0.02) {
		const mixed = mix(colour, sheet, share)
		if (contrastRatio(mixed, sheet) >= 3.1) return mixed
	}
	return colour
}

function tintOf(sheet: Colour, edge: Colour): Colour {
	return mix(sheet, edge, 0.1)
}
