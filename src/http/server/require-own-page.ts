import type { Request } from 'express'
import { AppError } from '../../kernel/app-error.ts'

/**
 * Refuses what changes something and was not sent by a page of ours (cross-site request forgery): by Sec-Fetch-Site where
 * the browser says it, else by Origin; where it says neither it is none that could be told apart. Throws `forbidden`.
 */
export function requireOwnPage(request: Request): void {
	if (request.method === 'GET' || request.method === 'HEAD') return
	const site = request.get('sec-fetch-site')
	if (site !== undefined) {
		if (site === 'same-origin' || site === 'none') return
		throw new AppError('forbidden', 'errors.other_site')
	}
	const origin = request.get('origin')
	if (origin && URL.canParse(origin) && new URL(origin).host === request.get('host')) return
	throw new AppError('forbidden', 'errors.other_site')
}
