import { consoleTag, defineRoute, type Route } from '../server/route.ts'

/**
 * For each address that only takes forms, a route that leads to the page with the form, the nearest one above it. A form that
 * was refused leaves its own address in the browser: who reads that again, or switches the language, would find nothing there.
 */
export function leadBackRoutes(routes: readonly Route[]): Route[] {
	const pages = new Set(routes.filter(({ method }) => method === 'get').map(({ path }) => path))
	const forms = new Set(routes.filter(({ method }) => method === 'post').map(({ path }) => path))
	return [...forms].filter((path) => !pages.has(path)).map((path) => leadBackRoute(path, pages))
}

function leadBackRoute(path: Route['path'], pages: ReadonlySet<string>): Route {
	const parts = path.split('/')
	let length = parts.length - 1
	while (!pages.has(parts.slice(0, length).join('/'))) length -= 1
	return defineRoute({
		tag: consoleTag,
		access: { console: 'member' },
		method: 'get',
		path,
		summary: 'Back to the page with the form',
		responses: { 303: { description: 'The page' } },
		handle: async ({ request }) => ({ redirect: request.path.split('/').slice(0, length).join('/') }),
	})
}
