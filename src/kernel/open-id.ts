/** What is kept in the browser while somebody signs in elsewhere: each is good for one answer (OpenID Connect Core §3.1.2.1, RFC 7636). */
export type OpenIdAttempt = { state: string; nonce: string; verifier: string }

/** Whom a provider says that somebody is; `subject` is theirs for good, the address may change hands (§5.7). */
export type OpenIdIdentity = {
	issuer: string
	subject: string
	email: string | undefined
	emailVerified: boolean
}

/** An organisation's own way of signing in, by OpenID Connect. */
export type OpenIdProvider = {
	/** What staff call it. */
	name: string
	/** Where the browser is sent, and what must be known of that when it comes back. Throws `unavailable` where the provider does not answer. */
	begin(redirectUri: string): Promise<{ url: string; attempt: OpenIdAttempt }>
	/**
	 * Who came back: `callback` is the address that the browser was sent to, with all its parameters. Throws `unauthenticated`
	 * where the provider refuses or what it says is not to be trusted, `unavailable` where it does not answer.
	 */
	finish(callback: URL, attempt: OpenIdAttempt): Promise<OpenIdIdentity>
}
