import { readConfig } from '../config.ts'
import type { Locale } from '../kernel/messages.ts'
import { readOwnReason } from '../kernel/own-reason.ts'
import { measureRelay, type RelayMeasured } from '../mail/smtp/measure-relay.ts'
import { facts } from './print.ts'
import { loadCommandTexts } from './speak.ts'

type Output = { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/** As many connections as the table shows, and those that are set. */
const shown = [5, 10, 20, 50]

/**
 * `envoi relay measure`: says of each relay of SMTP_URL what it offers, how long a round trip to it takes, and how fast
 * mail can go there over how many connections. Nothing is mailed. Gives the exit code: 1 where a relay can't be had.
 */
export async function measureRelays({ stdout, stderr }: Output, locale: Locale = 'en'): Promise<number> {
	const texts = loadCommandTexts()
	const t = (key: string, params?: Record<string, string | number>) =>
		texts.text(locale, `cli.relay.${key}`, params)
	const config = readConfig()
	if (!config.smtpUrl) {
		stderr.write(`${t('none')}\n`)
		return 1
	}
	let exitCode = 0
	for (const url of config.smtpUrl.split(/\s+/)) {
		const { host } = new URL(url)
		const found = await measureRelay(url, config.ehloName)
		if (found.ok) {
			stdout.write(`${describe(host, found.measured, { connections: config.smtpConnections, t })}\n`)
			continue
		}
		exitCode = 1
		const said = 'reply' in found.outcome ? found.outcome.reply : found.outcome.reason
		const own = readOwnReason(said)
		const reason = own ? texts.text(locale, `reasons.${own.reason}`, { detail: own.detail }) : said
		stderr.write(`${t('unreachable', { host, reason })}\n`)
	}
	return exitCode
}

type Say = (key: string, params?: Record<string, string | number>) => string

function describe(
	host: string,
	{ offered, roundTripMs, messagesPerRoundTrip }: RelayMeasured,
	{ connections, t }: { connections: number; t: Say },
): string {
	const names = [
		offered.pipelining && 'PIPELINING',
		offered.chunking && 'CHUNKING',
		offered.binaryMime && 'BINARYMIME',
		offered.eightBitMime && '8BITMIME',
		offered.smtpUtf8 && 'SMTPUTF8',
		offered.dsn && 'DSN',
		offered.enhancedStatusCodes && 'ENHANCEDSTATUSCODES',
		offered.size && `SIZE ${offered.maxBytes ?? ''}`.trim(),
	].filter((name) => name !== false)
	const rows = [...new Set([...shown, connections])]
		.sort((a, b) => a - b)
		.map((count): [string, string] => [
			t(count === connections ? 'connections_set' : 'connections', { count }),
			t('rate', { rate: Math.round((1_000 * messagesPerRoundTrip * count) / Math.max(roundTripMs, 0.5)) }),
		])
	return [
		t('measured', { host, ms: roundTripMs < 10 ? roundTripMs.toFixed(1) : Math.round(roundTripMs) }),
		t('offers', { names: names.join(', ') || t('nothing') }),
		t(`way.${offered.pipelining ? (offered.chunking ? 'chunks' : 'group') : 'one'}`),
		facts(rows),
		t('limits'),
	].join('\n')
}
