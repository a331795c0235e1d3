import { equalSecrets } from './equal-secrets.ts'
import { parseJson } from './parse-json.ts'
import type { Verified, WebhookProvider, WebhookRequest } from './provider.ts'

/**
 * For providers that sign nothing: the secret comes along, as the password of Basic authentication (whatever the user
 * name, RFC 7617), as a Bearer token (RFC 6750) or in a header of its own. It proves who speaks, not that it is new.
 */
export const bySharedSecret: Pick<WebhookProvider, 'findProblem' | 'verify'> = {
	findProblem: (secret) =>
		/^[!-~]{24,}$/.test(secret) && !secret.includes(':') ? undefined : 'errors.webhook.setting.shared',
	verify: verifySharedSecret,
}

function verifySharedSecret(request: WebhookRequest, secret: string): Verified {
	const given = givenSecrets(request)
	if (given.length === 0) return { ok: false, reason: 'missing' }
	if (!given.some((candidate) => equalSecrets(candidate, secret))) return { ok: false, reason: 'wrong' }
	return { ok: true, payload: parseJson(request.body) }
}

function givenSecrets(request: WebhookRequest): string[] {
	const authorization = request.header('authorization') ?? ''
	const [, scheme = '', credentials = ''] = /^(basic|bearer) +(\S+)$/i.exec(authorization.trim()) ?? []
	const own = request.header('x-webhook-secret')
	return [
		...(own ? [own] : []),
		...(scheme.toLowerCase() === 'bearer' ? [credentials] : []),
		...(scheme.toLowerCase() === 'basic' ? [passwordOf(credentials)] : []),
	]
}

function passwordOf(credentials: string): string {
	const pair = Buffer.from(credentials, 'base64').toString()
	return pair.slice(pair.indexOf(':') + 1)
}
