import { fileURLToPath } from 'node:url'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { AppError } from '../../kernel/app-error.ts'
import { beginRequest } from './begin-request.ts'
import type { HttpOptions } from './http-options.ts'
import { repairLink } from './repair-link.ts'
import { routeRequests } from './route-requests.ts'
import { securityHeaders } from './security-headers.ts'
import { sendError } from './send-error.ts'
import { serveAltcha } from './serve-altcha.ts'
import { tidyForwardedFor } from './tidy-forwarded-for.ts'

/** What pages load; names are told apart across the folders. */
const assetFolders = [
	'../server/public/',
	'../visitors/public/',
	'../console/public/',
	'../operation/public/',
].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))

/** The Express application: security headers, assets, the given routes, and one way of answering errors. */
export function createHttpApp(options: HttpOptions): Express {
	const app = express()
	app.disable('x-powered-by')
	app.set('trust proxy', options.trustProxy)
	app.set('query parser', 'simple')
	app.use(securityHeaders(options.secure))
	app.use((request, _response, next) => {
		request.url = repairLink(withoutBase(request.url, options.basePath))
		tidyForwardedFor(request)
		next()
	})
	serveAltcha(app)
	for (const folder of assetFolders) {
		const setHeaders = (response: Response, path: string) => letOtherSitesLoad(response, path, folder)
		app.use('/assets', express.static(folder, { maxAge: '1h', index: false, redirect: false, setHeaders }))
	}
	app.use((request, response, next) => beginRequest(options, request, response, next))
	app.use(routeRequests(options))
	app.use(() => {
		throw new AppError('not_found', 'errors.not_found')
	})
	app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
		sendError(options, error, request, response).catch(() => response.destroy())
	})
	return app
}

/** What stands in `embed/` is for pages of other sites, and stays as it is under its name. */
function letOtherSitesLoad(response: Response, path: string, folder: string): void {
	if (!path.startsWith(`${folder}embed/`)) return
	response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
	response.setHeader('Access-Control-Allow-Origin', '*')
	response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
}

/** A proxy may hand the path of PUBLIC_URL on or take it away: both lead to the same pages. */
function withoutBase(url: string, base: string): string {
	if (base === '' || !url.startsWith(base)) return url
	const rest = url.slice(base.length)
	if (rest === '' || rest.startsWith('?')) return `/${rest}`
	return rest.startsWith('/') ? rest : url
}
