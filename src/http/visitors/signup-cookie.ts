import { signupProofSeconds } from '../../subscriptions/index.ts'
import type { CookieSetting } from '../server/route.ts'

/**
 * The cookie that lets the browser that signed up confirm without a second click. It goes nowhere but to confirmation
 * links, and there is one a newsletter, so that two sign-ups in a row don't part.
 */
export function signupCookie(
	{ publicUrl }: { publicUrl: string },
	newsletter: string,
	proof: string,
): CookieSetting {
	const base = new URL(publicUrl).pathname.replace(/\/+$/, '')
	return {
		name: signupCookieName(newsletter),
		value: proof,
		maxAgeSeconds: signupProofSeconds,
		path: `${base}/confirm`,
	}
}

export function signupCookieName(newsletter: string): string {
	return `signup_${newsletter}`
}
