/**
 * What keeps us from a relay: its name is not known (`no_host`), nobody listens there (`closed`), no answer in time
 * (`silent`), no TLS or a certificate that can't be trusted (`tls`, `certificate`), our name or password is refused
 * (`password`), it wants none (`no_sign_in`), it takes nothing from us (`refused`), or the line broke (`broken`).
 */
export const relayTroubles = [
	'no_host',
	'closed',
	'silent',
	'tls',
	'certificate',
	'password',
	'no_sign_in',
	'refused',
	'broken',
] as const

export type RelayTrouble = (typeof relayTroubles)[number]

/** What came of connecting to a relay and signing in; `name`: its host and port, without a password. */
export type RelayAnswer = { name: string } & (
	| { ok: true; roundTripMs: number; perSecond: number; encrypted: boolean; signedIn: boolean }
	| { ok: false; trouble: RelayTrouble; said: string }
)

/** Connects to each relay that is set, signs in and measures; nothing is mailed. No relay takes longer than 10 seconds. */
export type MeasureRelays = () => Promise<RelayAnswer[]>
