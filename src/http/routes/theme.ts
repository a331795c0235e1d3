import { z } from 'zod'
import { type Colour, mix, readableOn, textOn } from '../../kernel/colour.ts'
import { defineRoute, type Route } from '../route.ts'

// the grounds that `public/style.css` paints, lightest and darkest of each scheme
const lightGrounds = ['#ffffff', '#f6f4ef']
const darkGrounds = ['#1d2024', '#131518']

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
	return `:root {\n${scheme(colour, lightGrounds)}\n}\n@media (prefers-color-scheme: dark) {\n:root {\n${scheme(colour, darkGrounds)}\n}\n}`
}

function scheme(colour: Colour, grounds: readonly Colour[]): string {
	const fill = readableOn(colour, grounds, 1.6)
	const on = textOn(fill)
	return [
		`--accent: ${colour};`,
		`--accent-fill: ${fill};`,
		`--accent-fill-strong: ${mix(fill, on === '#ffffff' ? '#000000' : '#ffffff', 0.16)};`,
		`--on-accent: ${on};`,
		`--accent-edge: ${readableOn(colour, grounds, 3)};`,
		`--accent-text: ${readableOn(colour, grounds, 4.6)};`,
		`--accent-tint: ${mix(grounds[0] ?? '#ffffff', readableOn(colour, grounds, 3), 0.1)};`,
	].join('\n')
}
