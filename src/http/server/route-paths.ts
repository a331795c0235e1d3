import type { Route } from './route.ts'

/** `/newsletters/{slug}` as Express writes it: `/newsletters/:slug`. */
export function expressPath(path: string): string {
	return path.replace(/\{(\w+)\}/g, ':$1')
}

/** What the path of a request and that of its route have in common: the first segment and how many there are. */
export function likenessOf(path: string): string {
	const segments = path.split('/').filter((segment) => segment !== '')
	return `${segments.length} ${segments[0]?.toLowerCase() ?? ''}`
}

/** What a path answers to, as `Allow` says it (RFC 9110 §10.2.1). */
export function allowedMethods(routes: readonly Route[]): string[] {
	const methods = routes.map(({ method }) => method.toUpperCase())
	return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

/**
 * The paths of routes, each once, in the order that a request is held against them. A fixed segment goes before a
 * parameter, as in OpenAPI: `/stories/translations` is no story.
 */
export function byPrecedence(routes: readonly Route[]): string[] {
	return [...new Set(routes.map(({ path }) => path))].sort((a, b) => rankOf(a).localeCompare(rankOf(b)))
}

/** A digit a segment: 0 for a fixed one, 1 for one that holds a parameter. */
function rankOf(path: string): string {
	return path
		.split('/')
		.map((segment) => (segment.includes('{') ? '1' : '0'))
		.join('')
}
