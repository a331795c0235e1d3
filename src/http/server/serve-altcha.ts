import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'

const files = ['pow.js', 'helpers.js', 'types.js']

/** The part of ALTCHA that solves challenges, as its package has it: modules that our own import, on other sites too. */
export function serveAltcha(app: Express): void {
	const root = fileURLToPath(new URL('.', import.meta.resolve('altcha-lib')))
	const asset = express.static(root, { maxAge: '1h', index: false, redirect: false })
	for (const file of files) {
		app.get(`/assets/altcha/${file}`, (request, response, next) => {
			letOthersImport(response)
			request.url = `/${file}`
			asset(request, response, next)
		})
	}
	app.get('/assets/solve-challenge.js', (_request, response, next) => {
		letOthersImport(response)
		next()
	})
}

function letOthersImport(response: express.Response): void {
	response.setHeader('Access-Control-Allow-Origin', '*')
	response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
}
