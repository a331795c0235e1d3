// Solves a challenge of the sign-up, as ALTCHA has it. The browser derives the keys beside this thread, several at once.
import { solveChallenge } from './altcha/pow.js'

const deriveKey = async ({ cost, keyLength }, salt, password) => {
	const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
	const manner = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: cost }
	return { derivedKey: new Uint8Array(await crypto.subtle.deriveBits(manner, key, keyLength * 8)) }
}

const patienceMs = 60_000

/** Gives what goes into the field `altcha`; an empty text where nothing is asked for now. Throws where it can't be done. */
export const solve = async (url) => {
	const response = await fetch(url, { credentials: 'omit', cache: 'no-store' })
	if (response.status === 204) return ''
	if (!response.ok) throw new Error(`the challenge could not be had: ${response.status}`)
	const challenge = await response.json()
	const lanes = Math.min(8, Math.max(1, navigator.hardwareConcurrency || 2))
	const controller = new AbortController()
	const starts = Array.from({ length: lanes }, (_, lane) => lane)
	const solution = await Promise.race(
		starts.map((counterStart) =>
			solveChallenge({
				...{ challenge, controller, deriveKey, counterStart },
				...{ counterStep: lanes, timeout: patienceMs },
			}),
		),
	)
	controller.abort()
	if (!solution) throw new Error('the challenge could not be solved in time')
	return btoa(JSON.stringify({ challenge, solution }))
}
