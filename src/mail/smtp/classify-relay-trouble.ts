import type { SendOutcome } from '../../kernel/mail.ts'
import type { RelayTrouble } from '../../kernel/measure-relays.ts'
import { readOwnReason } from '../../kernel/own-reason.ts'

const wordings: ReadonlyArray<[RelayTrouble, RegExp]> = [
	['no_host', /ENOTFOUND|EAI_AGAIN|ENODATA|EDNS|queryA|no such host/i],
	['closed', /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES/],
	['silent', /timeout|timed out|ETIMEDOUT|never received/i],
	[
		'certificate',
		/certificate|altnames|CERT_|SELF_SIGNED|unable to verify|UNABLE_TO_(?:VERIFY|GET_ISSUER)|DEPTH_ZERO/i,
	],
	['tls', /STARTTLS|\bTLS\b|\bSSL\b|wrong version number|EPROTO|handshake/i],
]

/** What kept a connection from being made, from the words of the network, of TLS or of the relay; `said` gives them. */
export function classifyRelayTrouble(outcome: SendOutcome): { trouble: RelayTrouble; said: string } {
	const kept = 'reply' in outcome ? outcome.reply : outcome.reason
	const own = readOwnReason(kept)
	if (own?.reason === 'no_sign_in') return { trouble: 'no_sign_in', said: '' }
	const said = own ? own.detail : kept
	if ('reply' in outcome) {
		if (/STARTTLS/.test(said)) return { trouble: 'tls', said }
		// RFC 4954 §6: what is wrong with signing in, or that it must be done
		return { trouble: /^(?:454|53[0458]|432)\b/.test(said) ? 'password' : 'refused', said }
	}
	const found = wordings.find(([, pattern]) => pattern.test(said))
	return { trouble: found?.[0] ?? 'broken', said }
}
