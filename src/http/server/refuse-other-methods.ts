import type { Router } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import { allowOrigin } from './allow-origin.ts'
import type { Route } from './route.ts'
import { allowedMethods } from './route-paths.ts'

/** A known path asked with another method is told which ones there are; so is a browser that asks for a script of another site. */
export function refuseOtherMethods(router: Router, path: string, routes: readonly Route[]): void {
	const allowed = allowedMethods(routes).join(', ')
	router.all(path, async (request, response) => {
		response.setHeader('Allow', allowed)
		if (request.method !== 'OPTIONS') {
			throw new AppError('method_not_allowed', 'errors.method_not_allowed', { params: { allowed } })
		}
		if (await allowOrigin(routes, request, response)) {
			// CORS-preflight of the Fetch standard
			response.setHeader('Access-Control-Allow-Methods', allowed)
			response.setHeader('Access-Control-Allow-Headers', 'Content-Type, Envoi-Form')
			response.setHeader('Access-Control-Max-Age', '600')
		}
		response.status(204).end()
	})
}
