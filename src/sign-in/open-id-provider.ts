import type { Configuration } from 'openid-client'
import { AppError, type ErrorCode } from '../kernel/app-error.ts'
import type { Log } from '../kernel/log.ts'
import type { OpenIdAttempt, OpenIdIdentity, OpenIdProvider } from '../kernel/open-id.ts'

export type OpenIdSettings = { issuer: string; clientId: string; clientSecret: string; name: string }

const timeoutSeconds = 10
/** So much the provider's clock may differ from ours. */
const toleratedSeconds = 60

/**
 * Signing in by OpenID Connect: the code flow with PKCE, the signature of what is said about a person checked. The library is
 * loaded, and the provider asked what it offers, when it is first used; where that failed, the next attempt asks again.
 */
export function openIdProvider(settings: OpenIdSettings, log: Log): OpenIdProvider {
	let known: Promise<Configuration> | undefined
	const discover = () => {
		known ??= discoverProvider(settings).catch((error) => {
			known = undefined
			throw error
		})
		return known
	}
	// what the library says of an answer may hold the person's address, so no more than its code is logged
	const failed = (code: ErrorCode, message: string, error: unknown) => {
		log.warn(
			{ reason: String((error as { code?: string }).code ?? error) },
			'signing in by OpenID Connect failed',
		)
		return new AppError(code, message, { params: { name: settings.name } })
	}
	const unavailable = (error: unknown) => failed('unavailable', 'errors.sign_in.open_id_unavailable', error)
	return {
		name: settings.name,
		begin: async (redirectUri) => {
			try {
				return await beginAttempt(await discover(), redirectUri)
			} catch (error) {
				throw unavailable(error)
			}
		},
		finish: async (callback, attempt) => {
			const configuration = await discover().catch((error) => {
				throw unavailable(error)
			})
			try {
				return await readIdentity(configuration, callback, attempt)
			} catch (error) {
				if (!didAnswer(error)) throw unavailable(error)
				throw failed('unauthenticated', 'errors.sign_in.open_id_refused', error)
			}
		},
	}
}

async function discoverProvider({ issuer, clientId, clientSecret }: OpenIdSettings): Promise<Configuration> {
	const client = await import('openid-client')
	const server = new URL(issuer)
	const found = await client.discovery(
		server,
		clientId,
		{ client_secret: clientSecret, [client.clockTolerance]: toleratedSeconds },
		undefined,
		{
			timeout: timeoutSeconds,
			// a provider on this machine, which the settings allow without TLS
			...(server.protocol === 'http:' && { execute: [client.allowInsecureRequests] }),
		},
	)
	client.enableNonRepudiationChecks(found)
	return found
}

async function beginAttempt(configuration: Configuration, redirectUri: string) {
	const client = await import('openid-client')
	const attempt: OpenIdAttempt = {
		state: client.randomState(),
		nonce: client.randomNonce(),
		verifier: client.randomPKCECodeVerifier(),
	}
	const url = client.buildAuthorizationUrl(configuration, {
		redirect_uri: redirectUri,
		scope: 'openid email',
		code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
		code_challenge_method: 'S256',
		state: attempt.state,
		nonce: attempt.nonce,
	})
	return { url: url.href, attempt }
}

async function readIdentity(
	configuration: Configuration,
	callback: URL,
	{ state, nonce, verifier }: OpenIdAttempt,
): Promise<OpenIdIdentity> {
	const client = await import('openid-client')
	const tokens = await client.authorizationCodeGrant(configuration, callback, {
		expectedState: state,
		expectedNonce: nonce,
		pkceCodeVerifier: verifier,
		idTokenExpected: true,
	})
	const claims = tokens.claims()
	if (!claims) throw new Error('the provider gave no ID token')
	// many say the address only where they are asked for it (§5.3)
	const asked = claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
	const said = asked ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub) : claims
	return {
		issuer: claims.iss,
		subject: claims.sub,
		email: typeof said.email === 'string' ? said.email : undefined,
		emailVerified: said.email_verified === true,
	}
}

/** Whether the provider answered, though in a way that lets nobody in; all other trouble is of the network. */
function didAnswer(error: unknown): boolean {
	return /^OAUTH_(?!TIMEOUT|ABORT)/.test(String((error as { code?: string }).code))
}
