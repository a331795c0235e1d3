import type { CookieSetting } from './route.ts'

/** Over https a browser takes it from this very host alone (RFC 6265bis §4.1.3.2). */
export function sessionCookieName(secure: boolean): string {
	return secure ? '__Host-envoi-session' : 'envoi-session'
}

/** Keeps a session's token in the browser; without one it is taken away. */
export function sessionCookie(secure: boolean, token: string | undefined, days = 0): CookieSetting {
	const maxAgeSeconds = token === undefined ? 0 : days * 86_400
	return { name: sessionCookieName(secure), value: token ?? '', maxAgeSeconds }
}
