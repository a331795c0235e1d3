import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { RequestHandler } from 'express'
import helmet from 'helmet'

const pagePolicy = {
	'default-src': ["'none'"],
	'style-src': ["'self'"],
	'script-src': ["'self'"],
	'img-src': ["'self'", 'https:', 'data:'],
	'connect-src': ["'self'"],
	'frame-src': ["'self'"],
	'form-action': ["'self'"],
	'base-uri': ["'none'"],
	'frame-ancestors': ["'none'"],
}

/** The policy of a page whose forms are sent to us, and may lead on to another origin. */
export function pagePolicyLeadingTo(origin: string): string {
	const directives = { ...pagePolicy, 'form-action': [...pagePolicy['form-action'], origin] }
	return Object.entries(directives)
		.map(([name, values]) => [name, ...values].join(' '))
		.join(';')
}

// a mail has its styles inline and no scripts
export const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`

/** As mail programs show it that load no pictures. */
export const mailPolicyWithoutPictures = mailPolicy.replace(/img-src [^;]*;/, "img-src 'none';")

/** The security headers of every answer; `secure`: whether Envoi is reached by https alone. */
export function securityHeaders(secure: boolean): RequestHandler {
	const headers = headersBy(
		helmet({
			contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
			strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
			referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
			crossOriginResourcePolicy: { policy: 'same-site' },
		}),
	)
	return (_request, response, next) => {
		for (const [name, value] of headers) response.setHeader(name, value)
		next()
	}
}

/** What Helmet sets, which is the same for every answer: asked once, not by fifteen functions for each. */
function headersBy(setHeaders: ReturnType<typeof helmet>): OutgoingHttpHeader[] {
	const response = new ServerResponse(new IncomingMessage(new Socket()))
	setHeaders(response.req, response, (error?: unknown) => {
		if (error) throw error
	})
	return Object.entries(response.getHeaders()).flatMap(([name, value]) => (value ? [[name, value]] : []))
}

type OutgoingHttpHeader = [name: string, value: number | string | string[]]
