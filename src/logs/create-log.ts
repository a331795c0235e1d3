import { type DestinationStream, pino } from 'pino'
import type { Log } from '../kernel/log.ts'
import { describeError } from './describe-error.ts'
import { readableLine } from './readable-lines.ts'
import { createStrike } from './strike-secrets.ts'

export type LogOptions = {
	/** What no line may hold; `strikeOut` adds to it. */
	secrets?: readonly string[]
	/** Lines for a person instead of JSON. */
	readable?: boolean
	destination?: DestinationStream
}

/**
 * A pino log of JSON lines on the standard error output. What errors carry besides their words is left out, and each
 * line is searched for secrets and addresses before it is written.
 */
export function createLog(
	level: string,
	{ secrets = [], readable = false, destination }: LogOptions = {},
): Log {
	const struck = [...secrets]
	const strike = createStrike(struck)
	const log = pino(
		{
			level,
			base: { service: 'envoi' },
			timestamp: pino.stdTimeFunctions.isoTime,
			serializers: { err: (error) => describeError(error), error: (error) => describeError(error) },
			hooks: { streamWrite: (line) => (readable ? readableLine(strike(line)) : strike(line)) },
			redact: {
				paths: [
					'email',
					'address',
					'to',
					'token',
					'authorization',
					'cookie',
					'*.email',
					'*.address',
					'*.to',
					'*.token',
				],
				censor: '[struck out]',
			},
		},
		destination ?? pino.destination({ dest: 2, sync: true }),
	)
	// children inherit it
	return Object.assign(log, { strikeOut: (secret: string) => void struck.push(secret) })
}
