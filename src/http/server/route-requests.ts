import { type RequestHandler, Router } from 'express'
import type { HttpOptions } from './http-options.ts'
import { refuseOtherMethods } from './refuse-other-methods.ts'
import { byPrecedence, expressPath, likenessOf } from './route-paths.ts'
import { serveRoute } from './serve-route.ts'

/** Leads each request to its route; what has none goes on. `routers` hold all there are. */
export function routeRequests(options: HttpOptions): RequestHandler & { routers: readonly Router[] } {
	// Express holds a request against one path after the other: so only against those that are like its own
	const routers = new Map<string, Router>()
	for (const path of byPrecedence(options.routes)) {
		const router = routers.get(likenessOf(path)) ?? Router()
		routers.set(likenessOf(path), router)
		addPath(options, router, path)
	}
	const handle: RequestHandler = (request, response, next) => {
		const router = routers.get(likenessOf(request.path))
		if (router) router(request, response, next)
		else next()
	}
	return Object.assign(handle, { routers: [...routers.values()] })
}

function addPath(options: HttpOptions, router: Router, path: string): void {
	const routes = options.routes.filter((route) => route.path === path)
	for (const route of routes) {
		router[route.method](expressPath(path), (request, response, next) => {
			serveRoute(options, route, request, response).catch(next)
		})
	}
	refuseOtherMethods(router, expressPath(path), routes)
}
