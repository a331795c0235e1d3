import { expect, it } from 'vitest'
import type { SendOutcome } from '../../../src/kernel/mail.ts'
import { classifyRelayTrouble } from '../../../src/mail/smtp/classify-relay-trouble.ts'

const refused = (reply: string): SendOutcome => ({
	kind: 'refused',
	permanence: 'permanent',
	scope: 'relay',
	reply,
})
const lost = (words: string): SendOutcome => ({
	kind: 'not_sent',
	reason: `envoi: connection_lost ${words}`,
})

it.each<[string, SendOutcome]>([
	['no_host', lost('getaddrinfo ENOTFOUND smtp.handsacros.example')],
	['no_host', lost('queryA ENOTFOUND smtp.handsacros.example')],
	['closed', lost('connect ECONNREFUSED 192.0.2.25:587')],
	['closed', lost('connect EHOSTUNREACH 192.0.2.25:587')],
	['silent', lost('Connection timeout')],
	['silent', lost('Greeting never received')],
	['silent', lost('connect ETIMEDOUT 192.0.2.25:25')],
	['certificate', lost('self-signed certificate')],
	['certificate', lost('certificate has expired')],
	['certificate', lost('unable to verify the first certificate')],
	['certificate', lost('Hostname/IP does not match certificate’s altnames: Host: smtp.example.net')],
	['tls', lost('error:0A00010B:SSL routines:tls_validate_record_header:wrong version number')],
	['tls', refused('454 4.7.0 TLS not available (in reply to STARTTLS)')],
	['tls', refused('502 5.5.1 command not implemented (in reply to STARTTLS)')],
	['password', refused('535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6')],
	['password', refused('534 5.7.9 Application-specific password required')],
	['password', refused('530 5.7.0 Authentication required')],
	['no_sign_in', { kind: 'not_sent', reason: 'envoi: no_sign_in' }],
	['refused', refused('554 5.7.1 Client host blocked')],
	['refused', refused('421 4.7.0 Too many connections')],
	['broken', lost('Connection closed unexpectedly')],
	['broken', { kind: 'not_sent', reason: 'envoi: unexpected_reply HTTP/1.1 400 Bad Request' }],
])('%s: %o', (trouble, outcome) => {
	expect(classifyRelayTrouble(outcome).trouble).toBe(trouble)
})
