import type { Response } from 'express'
import type { CookieSetting } from './route.ts'

/** Sets a cookie that scripts can't read and that forms of other sites don't send (RFC 6265bis); `secure`: over https alone. */
export function setCookie(
	{ secure }: { secure: boolean },
	response: Response,
	{ name, value, maxAgeSeconds, path = '/' }: CookieSetting,
): void {
	response.cookie(name, value, {
		maxAge: maxAgeSeconds * 1000,
		path,
		httpOnly: true,
		sameSite: 'lax',
		secure,
	})
}
