import { fileURLToPath } from 'node:url'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'

const files = new Set(['/pow.js', '/helpers.js', '/types.js'])

/** The part of ALTCHA that solves challenges, as its package has it: modules that our own import, on other sites too. */
export function serveAltcha(app: Express): void {
	const root = fileURLToPath(new URL('.', import.meta.resolve('altcha-lib')))
	const asset = express.static(root, { maxAge: '1h', index: false, redirect: false })
	app.use('/assets/altcha', (request, response, next) => {
		if (!files.has(request.path)) return next()
		letOthersImport(request, response, () => asset(request, response, next))
	})
	app.use('/assets/solve-challenge.js', letOthersImport)
}

function letOthersImport(_request: Request, response: Response, next: NextFunction): void {
	response.setHeader('Access-Control-Allow-Origin', '*')
	response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
	next()
}
