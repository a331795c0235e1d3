import { setTimeout as wait } from 'node:timers/promises'
import type { MeasureRelays, RelayAnswer } from '../../kernel/measure-relays.ts'
import { textFromOutside } from '../../kernel/text-from-outside.ts'
import { classifyRelayTrouble } from './classify-relay-trouble.ts'
import { measureRelay } from './measure-relay.ts'

/** With looking up, connecting and silence each bounded by the first, all of it is by the second. */
const stepMs = 5_000
const wholeMs = 10_000

/** Measures the relays of SMTP_URL, all at once. Without any there is nothing to be measured. */
export function createMeasureRelays({
	smtpUrl,
	smtpConnections,
	ehloName,
}: {
	smtpUrl: string | undefined
	smtpConnections: number
	ehloName: string | undefined
}): MeasureRelays {
	const urls = (smtpUrl ?? '').split(/\s+/).filter(Boolean)
	return () => Promise.all(urls.map((url) => measure(url, { ehloName, connections: smtpConnections })))
}

async function measure(
	url: string,
	{ ehloName, connections }: { ehloName: string | undefined; connections: number },
): Promise<RelayAnswer> {
	const { host: name, username } = new URL(url)
	const over = new AbortController()
	try {
		const found = await Promise.race([
			measureRelay(url, ehloName, { connectMs: stepMs, silenceMs: stepMs }),
			wait(wholeMs, undefined, { signal: over.signal }),
		])
		if (!found) return { name, ok: false, trouble: 'silent', said: '' }
		if (!found.ok) {
			const { trouble, said } = classifyRelayTrouble(found.outcome)
			return { name, ok: false, trouble, said: withoutSecrets(said, url) }
		}
		const { roundTripMs, messagesPerRoundTrip, encrypted } = found.measured
		const perSecond = Math.round((1_000 * messagesPerRoundTrip * connections) / Math.max(roundTripMs, 0.5))
		return { name, ok: true, roundTripMs, perSecond, encrypted, signedIn: username !== '' }
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error)
		const { trouble, said } = classifyRelayTrouble({ kind: 'not_sent', reason })
		return { name, ok: false, trouble, said: withoutSecrets(said, url) }
	} finally {
		over.abort()
	}
}

/** A relay may repeat what it was told when it says no. */
function withoutSecrets(said: string, url: string): string {
	const { username, password } = new URL(url)
	const told = [password, decodeURIComponent(password)]
	const secrets = told.flatMap((secret) => [
		secret,
		Buffer.from(secret).toString('base64'),
		Buffer.from(`\0${decodeURIComponent(username)}\0${secret}`).toString('base64'),
	])
	const struck = secrets
		.filter(Boolean)
		.toSorted((one, other) => other.length - one.length)
		.reduce((text, secret) => text.replaceAll(secret, '…'), said)
	return textFromOutside(struck, 500)
}
