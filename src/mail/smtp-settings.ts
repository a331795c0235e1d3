import type { ConnectionOptions } from 'node:tls'
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'

/** How long each step may take, in milliseconds. */
export type SmtpTimeouts = {
	/** Looking the relay up, connecting, its greeting and STARTTLS, together. */
	connectMs: number
	/** Silence in the middle of a session: RFC 5321 §4.5.3.2.6 allows a relay 10 minutes for the final reply. */
	silenceMs: number
}

/** A relay as its URL names it. */
export type SmtpSettings = {
	connection: SMTPConnectionOptions
	credentials: { user: string; pass: string } | undefined
}

/**
 * Reads `smtp://user:password@host:port?tls=required|opportunistic|never` or `smtps://…`. Where nothing is said,
 * STARTTLS is required and the certificate checked; `opportunistic` takes what the relay can do, without checking.
 */
export function readSmtpSettings(
	url: string,
	{ name, tls, timeouts }: { name?: string | undefined; tls?: ConnectionOptions; timeouts: SmtpTimeouts },
): SmtpSettings {
	const relay = new URL(url)
	const policy = relay.searchParams.get('tls') ?? 'required'
	const secure = relay.protocol === 'smtps:'
	return {
		connection: {
			host: relay.hostname.replace(/^\[|\]$/g, ''),
			port: relay.port ? Number(relay.port) : secure ? 465 : 587,
			secure,
			requireTLS: !secure && policy === 'required',
			opportunisticTLS: policy === 'opportunistic',
			ignoreTLS: policy === 'never',
			tls: { ...(policy === 'opportunistic' ? { rejectUnauthorized: false } : {}), ...tls },
			name,
			connectionTimeout: timeouts.connectMs,
			greetingTimeout: timeouts.connectMs,
			dnsTimeout: timeouts.connectMs,
			socketTimeout: timeouts.silenceMs,
			logger: false,
		},
		credentials: relay.username
			? { user: decodeURIComponent(relay.username), pass: decodeURIComponent(relay.password) }
			: undefined,
	}
}
