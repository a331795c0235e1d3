import type { Request, Response } from 'express'
import type { Route } from './route.ts'

/**
 * Tells a browser that the script of another site's page may read the answer, where one of the routes allows its origin
 * (Fetch standard, CORS protocol). Gives whether it may.
 */
export async function allowOrigin(
	routes: readonly Route[],
	request: Request,
	response: Response,
): Promise<boolean> {
	const asked = routes.flatMap(({ crossOrigin }) => crossOrigin ?? [])
	if (asked.length === 0) return false
	response.vary('Origin')
	const origin = request.get('origin')
	if (origin === undefined) return false
	for (const allows of asked) {
		if (!(await allows(origin, request.params))) continue
		response.setHeader('Access-Control-Allow-Origin', origin)
		return true
	}
	return false
}
