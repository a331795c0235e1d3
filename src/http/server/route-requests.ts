import { type RequestHandler, Router } from 'express'
import type { HttpOptions } from './http-options.ts'
import { refuseOtherMethods } from './refuse-other-methods.ts'
import type { Route } from './route.ts'
import { byPrecedence, expressPath, likenessOf } from './route-paths.ts'
import { serveRoute } from './serve-route.ts'

/** Leads each request to its route; what has none goes on. `routers` gives all there are. */
export function routeRequests(options: HttpOptions): RequestHandler & { routers(): Router[] } {
	// Express holds a request against one path after the other: so only against those that are like its own
	const alike = new Map<string, Route[]>()
	for (const route of options.routes) {
		const likeness = likenessOf(route.path)
		alike.set(likeness, [...(alike.get(likeness) ?? []), route])
	}
	// made when the first request comes for them: a start waits for none, and a command needs one or two
	const routers = new Map<string, Router>()
	const routerFor = (likeness: string): Router | undefined => {
		const routes = alike.get(likeness)
		if (!routes) return undefined
		const router = routers.get(likeness) ?? makeRouter(options, routes)
		routers.set(likeness, router)
		return router
	}
	const handle: RequestHandler = (request, response, next) => {
		const router = routerFor(likenessOf(request.path))
		if (router) router(request, response, next)
		else next()
	}
	return Object.assign(handle, {
		routers: () => [...alike.keys()].flatMap((likeness) => routerFor(likeness) ?? []),
	})
}

function makeRouter(options: HttpOptions, routes: readonly Route[]): Router {
	const router = Router()
	for (const path of byPrecedence(routes)) {
		const ofPath = routes.filter((route) => route.path === path)
		for (const route of ofPath) {
			router[route.method](expressPath(path), (request, response, next) => {
				serveRoute(options, route, request, response).catch(next)
			})
		}
		refuseOtherMethods(router, expressPath(path), ofPath)
	}
	return router
}
