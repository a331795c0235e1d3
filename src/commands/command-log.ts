import { secretsOf } from '../config/secrets-of.ts'
import type { Config } from '../config.ts'
import type { Log } from '../kernel/log.ts'
import { createLog } from '../logs/create-log.ts'
import { takeOverOutput } from '../logs/take-over-output.ts'

/** The log of this process: for a person where it goes to a terminal, else JSON lines. All that libraries print goes into it. */
export function commandLog(config: Config): Log {
	const log = createLog(config.logLevel, { secrets: secretsOf(config), readable: isAtTerminal() })
	takeOverOutput(log)
	return log
}

/** Whether a person sees what this process logs. */
export function isAtTerminal(): boolean {
	return process.stderr.isTTY === true
}
