import { once } from 'node:events'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type Connected, connectToRelay } from '../smtp-session.ts'
import { readSmtpSettings, type SmtpTimeouts } from '../smtp-settings.ts'
import { depthOf, type Extensions, mannerFor } from './extensions.ts'
import { createReplyReader } from './reply-reader.ts'

export type RelayMeasured = {
	offered: Extensions
	/** From a command to its reply, in milliseconds: the median of several. */
	roundTripMs: number
	/** How many messages a connection takes in one round trip, while the relay itself needs no time. */
	messagesPerRoundTrip: number
	/** Whether the connection is secured by TLS. */
	encrypted: boolean
}

const tries = 5

/**
 * Connects to a relay as sending does, signs in, and times NOOP; nothing is mailed. Gives the refusal or the lost connection
 * as an outcome where there is no relay to be had. Throws where the relay stops answering meanwhile.
 */
export async function measureRelay(
	url: string,
	name?: string,
	timeouts: SmtpTimeouts = { connectMs: 30_000, silenceMs: 30_000 },
): Promise<{ ok: true; measured: RelayMeasured } | Extract<Connected, { ok: false }>> {
	const connected = await connectToRelay(readSmtpSettings(url, { name, timeouts }))
	if (!connected.ok) return connected
	const { socket, offered } = connected
	try {
		const times: number[] = []
		for (let count = 0; count < tries; count++) times.push(await timeNoop(socket, timeouts.silenceMs))
		const roundTripMs = times.sort((a, b) => a - b)[Math.floor(tries / 2)] ?? 0
		const encrypted = socket instanceof TLSSocket
		return {
			ok: true,
			measured: { offered, roundTripMs, messagesPerRoundTrip: perRoundTrip(offered), encrypted },
		}
	} finally {
		socket.end('QUIT\r\n')
		setTimeout(() => socket.destroy(), 1_000).unref()
	}
}

/** With one command at a time a message takes a round trip for each of MAIL, RCPT, DATA and its end; BDAT spares one. */
function perRoundTrip(offered: Extensions): number {
	const manner = mannerFor(offered)
	if (!manner.pipelined) return manner.chunked ? 1 / 3 : 1 / 4
	return manner.chunked ? depthOf(manner) : 1
}

async function timeNoop(socket: Socket, silenceMs: number): Promise<number> {
	const reader = createReplyReader()
	const begun = performance.now()
	const silence = AbortSignal.timeout(silenceMs)
	socket.write('NOOP\r\n')
	for (;;) {
		const [chunk] = (await once(socket, 'data', { signal: silence })) as [Buffer]
		const { replies, broken } = reader.read(chunk)
		if (replies.length > 0) return performance.now() - begun
		if (broken !== undefined) throw new Error(broken)
	}
}
