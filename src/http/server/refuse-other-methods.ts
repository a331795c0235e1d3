import type { Express, Response } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import type { Route } from './route.ts'
import { allowedMethods } from './route-paths.ts'

/** A known path asked with another method is told which ones there are. */
export function refuseOtherMethods(app: Express, path: string, routes: readonly Route[]): void {
	const allowed = allowedMethods(routes).join(', ')
	const crossOrigin = routes.some((route) => route.crossOrigin)
	app.all(path, (request, response) => {
		response.setHeader('Allow', allowed)
		if (crossOrigin) allowCrossOrigin(response, allowed)
		if (request.method === 'OPTIONS') response.status(204).end()
		else throw new AppError('method_not_allowed', 'errors.method_not_allowed', { params: { allowed } })
	})
}

/** Answers a browser that asks whether a script of another site may call (Fetch standard, CORS-preflight). */
function allowCrossOrigin(response: Response, methods: string): void {
	response.setHeader('Access-Control-Allow-Origin', '*')
	response.setHeader('Access-Control-Allow-Methods', methods)
	response.setHeader('Access-Control-Allow-Headers', 'Content-Type')
	response.setHeader('Access-Control-Max-Age', '600')
}
