import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** What the provider says of whoever signs in there. */
export type OpenIdPerson = {
	sub: string
	email?: string
	email_verified?: boolean
	/** The address is told where it is asked for, not in the ID token. */
	emailElsewhere?: boolean
	claims?: Record<string, unknown>
	/** Signs with a key that the provider does not publish. */
	forged?: boolean
}

export type OpenIdServer = {
	issuer: string
	person: OpenIdPerson
	/** `html`: every answer is a page; `error`: whoever comes is refused; `unreachable`: connections break. */
	trouble: 'html' | 'error' | 'unreachable' | undefined
	close(): Promise<void>
}

/** A provider of OpenID Connect on this machine: it signs in whom `person` names, without asking. */
export async function startOpenIdServer(): Promise<OpenIdServer> {
	const { publicKey, privateKey } = await generateKeyPair('RS256')
	const stranger = await generateKeyPair('RS256')
	const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
	const codes = new Map<string, { nonce: string; challenge: string }>()
	const state: OpenIdServer = {
		issuer: '',
		person: { sub: 'nobody' },
		trouble: undefined,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	}
	const answers: Record<string, (url: URL, request: IncomingMessage) => Promise<unknown>> = {
		'/.well-known/openid-configuration': async () => ({
			issuer: state.issuer,
			authorization_endpoint: `${state.issuer}/authorize`,
			token_endpoint: `${state.issuer}/token`,
			userinfo_endpoint: `${state.issuer}/userinfo`,
			jwks_uri: `${state.issuer}/keys`,
			response_types_supported: ['code'],
			subject_types_supported: ['public'],
			id_token_signing_alg_values_supported: ['RS256'],
		}),
		'/keys': async () => ({ keys: [jwk] }),
		'/authorize': async (url) => {
			const back = new URL(url.searchParams.get('redirect_uri') ?? '')
			back.searchParams.set('state', url.searchParams.get('state') ?? '')
			if (state.trouble === 'error') back.searchParams.set('error', 'access_denied')
			else {
				const code = `code-${codes.size}`
				const nonce = url.searchParams.get('nonce') ?? ''
				codes.set(code, { nonce, challenge: url.searchParams.get('code_challenge') ?? '' })
				back.searchParams.set('code', code)
			}
			return back
		},
		'/token': async (_url, request) => {
			const body = new URLSearchParams(await readText(request))
			const begun = codes.get(body.get('code') ?? '')
			codes.delete(body.get('code') ?? '')
			if (!begun || !(await fits(body.get('code_verifier') ?? '', begun.challenge)))
				return { error: 'invalid_grant' }
			const { sub, email, email_verified, emailElsewhere, claims, forged } = state.person
			const token = new SignJWT({
				...(emailElsewhere ? {} : { email, email_verified }),
				nonce: begun.nonce,
				...claims,
			})
				.setProtectedHeader({ alg: 'RS256', kid: 'one' })
				.setIssuer(String(claims?.iss ?? state.issuer))
				.setAudience(String(claims?.aud ?? 'envoi'))
				.setSubject(sub)
				.setIssuedAt()
				.setExpirationTime('5m')
			const id_token = await token.sign(forged ? stranger.privateKey : privateKey)
			return { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token }
		},
		'/userinfo': async () => {
			const { sub, email, email_verified } = state.person
			return { sub, email, email_verified }
		},
	}
	const server = createServer(async (request, response) => {
		const url = new URL(request.url ?? '', state.issuer)
		if (state.trouble === 'unreachable') return void request.socket.destroy()
		if (state.trouble === 'html') return sendPage(response)
		const said = await answers[url.pathname]?.(url, request)
		if (said instanceof URL) response.writeHead(302, { Location: said.href }).end()
		else sendJson(response, said)
	})
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	state.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	return state
}

function sendJson(response: ServerResponse, said: unknown): void {
	const status = said === undefined ? 404 : typeof said === 'object' && said && 'error' in said ? 400 : 200
	response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(said ?? {}))
}

function sendPage(response: ServerResponse): void {
	response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Maintenance</h1>')
}

async function readText(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = []
	for await (const part of request) parts.push(part as Buffer)
	return Buffer.concat(parts).toString('utf8')
}

async function fits(verifier: string, challenge: string): Promise<boolean> {
	const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
	return Buffer.from(hash).toString('base64url') === challenge
}
