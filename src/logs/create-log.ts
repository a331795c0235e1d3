import { type DestinationStream, pino } from 'pino'
import type { Log } from '../kernel/log.ts'

/** A pino log that writes JSON lines. Whatever could carry an address or a secret is struck out by name. */
export function createLog(level: string, destination?: DestinationStream): Log {
	return pino(
		{
			level,
			base: { service: 'envoi' },
			timestamp: pino.stdTimeFunctions.isoTime,
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
		destination ?? pino.destination(2),
	)
}
