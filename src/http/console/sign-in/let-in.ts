import type { Keys } from '../../../kernel/keys.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { codeMinutes, deviceToken, sessionDays } from '../../../staff/index.ts'
import { consoleHeaders } from '../../server/let-member-in.ts'
import type { Answer, CookieSetting, RequestContext } from '../../server/route.ts'
import { sessionCookie } from '../../server/session-cookie.ts'
import { linkLanguages } from '../../visitors/describe-newsletter.ts'
import { wayOn } from '../way-on.ts'

export type LetInDeps = { keys: Keys; messages: Messages; config: { publicUrl: string } }

/** Says that somebody was signed in with this browser before. */
export const deviceCookie = 'envoi-device'

/** Sets the session's cookie and leads on: to what was wanted, or to the second step. */
export function letIn(
	deps: LetInDeps,
	{ token, complete, memberId }: { token: string; complete: boolean; memberId: number },
	to: string,
): Answer {
	const secure = isSecure(deps)
	const days = complete ? sessionDays : codeMinutes / 1_440
	const cookies: CookieSetting[] = [sessionCookie(secure, token, days)]
	if (complete)
		cookies.push({ name: deviceCookie, value: deviceToken(deps, memberId), maxAgeSeconds: 365 * 86_400 })
	const next = wayOn(to)
	const redirect = complete ? next : `/console/sign-in/code?to=${encodeURIComponent(next)}`
	return { redirect, cookies, headers: consoleHeaders }
}

/** Whether browsers come over https: cookies are then for that alone. */
export function isSecure({ config }: Pick<LetInDeps, 'config'>): boolean {
	return config.publicUrl.startsWith('https:')
}

/** What a page before signing in has for its frame: the languages that it can be read in. */
export function outside({ messages }: Pick<LetInDeps, 'messages'>, { locale }: RequestContext, path: string) {
	const languages = linkLanguages(messages.locales, locale, (other) => `${path}locale=${other}`)
	return { frame: null, languages }
}
