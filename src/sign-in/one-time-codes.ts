import { Secret, TOTP } from 'otpauth'
import qrcode from 'qrcode-generator'
import type { CodeMatch } from '../kernel/sign-in.ts'

const stepSeconds = 30
/** So many steps to either side are taken: the code may have changed while it was typed. */
const takenSteps = 1
/** So many are looked through to tell a clock that is off from a wrong code. */
const seenSteps = 20

/** A new secret for an app that makes codes, of 160 bits as RFC 4226 §4 recommends, in base 32. */
export function newCodeSecret(): string {
	return new Secret({ size: 20 }).base32
}

/** What the app reads: the link, and the same as a picture, an SVG path on a square of `size` units. */
export function codeLink(secret: string, account: string): { uri: string; path: string; size: number } {
	const uri = read(secret, account).toString()
	const code = qrcode(0, 'M')
	code.addData(uri)
	code.make()
	const size = code.getModuleCount()
	const cells = Array.from({ length: size * size }, (_, index) => [index % size, Math.floor(index / size)])
	const path = cells
		.filter(([x = 0, y = 0]) => code.isDark(y, x))
		.map(([x, y]) => `M${x} ${y}h1v1h-1z`)
		.join('')
	return { uri, path, size }
}

/** Which time step a code belongs to (RFC 6238), or by how many minutes the clock that made it is off. */
export function matchCode(secret: string, code: string, now: Date): CodeMatch {
	const token = code.replace(/\s/g, '')
	if (!/^\d{6}$/.test(token)) return {}
	const timestamp = now.getTime()
	const delta = read(secret).validate({ token, timestamp, window: seenSteps })
	if (delta === null) return {}
	if (Math.abs(delta) > takenSteps) return { minutesOff: Math.round((Math.abs(delta) * stepSeconds) / 60) }
	return { step: Math.floor(timestamp / 1_000 / stepSeconds) + delta }
}

function read(secret: string, label = ''): TOTP {
	return new TOTP({ issuer: 'Envoi', label, secret, period: stepSeconds, digits: 6 })
}
