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

// a mail has its styles inline and no scripts
export const mailPolicy = `default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`

/** As mail programs show it that load no pictures. */
export const mailPolicyWithoutPictures = mailPolicy.replace(/img-src [^;]*;/, "img-src 'none';")

/** The security headers of every answer; `secure`: whether Envoi is reached by https alone. */
export function securityHeaders(secure: boolean): RequestHandler {
	return helmet({
		contentSecurityPolicy: { useDefaults: false, directives: pagePolicy },
		strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
		referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
		crossOriginResourcePolicy: { policy: 'same-site' },
	})
}
