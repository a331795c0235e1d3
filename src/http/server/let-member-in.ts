import type { Response } from 'express'
import { mayDo } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Permission } from '../../kernel/permissions.ts'
import { sessionDays } from '../../staff/index.ts'
import type { Begun } from './begin-request.ts'
import type { HttpOptions } from './http-options.ts'
import type { Access } from './route.ts'
import { sessionCookie, sessionCookieName } from './session-cookie.ts'
import { setCookie } from './set-cookie.ts'

/**
 * What pages of the console answer with: nothing of them is kept, framed, found or told to other sites. Not `no-referrer`:
 * browsers would send their forms with `Origin: null`, by which over plain http they are taken for those of other sites.
 */
export const consoleHeaders: Record<string, string> = {
	'Cache-Control': 'no-store',
	'Referrer-Policy': 'same-origin',
	'X-Robots-Tag': 'noindex',
}

export function isOfConsole(access: Access): access is { console: Permission | 'member' } {
	return access !== 'public' && 'console' in access
}

/** Finds who is signed in, and in which language they read. Throws `unauthenticated`, or `forbidden` where their role lacks the permission. */
export async function letMemberIn(
	options: HttpOptions,
	permission: Permission | 'member',
	request: Begun,
	response: Response,
): Promise<void> {
	for (const [name, value] of Object.entries(consoleHeaders)) response.setHeader(name, value)
	const { context } = request
	const token = context.cookie(sessionCookieName(options.secure))
	const signedIn = await options.findSignedIn(token)
	if (!signedIn) throw new AppError('unauthenticated', 'errors.sign_in.needed')
	if (signedIn.prolonged) setCookie(options, response, sessionCookie(options.secure, token, sessionDays))
	request.signedIn = signedIn
	request.actor = signedIn.member
	if (options.messages.locales.includes(signedIn.locale)) context.locale = signedIn.locale
	if (permission !== 'member' && !mayDo(signedIn.member, permission)) {
		throw new AppError('forbidden', 'errors.role')
	}
}
