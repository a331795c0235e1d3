import { format } from 'node:util'
import type { Log } from '../kernel/log.ts'

const methods = ['log', 'info', 'warn', 'error', 'debug'] as const

/**
 * Makes lines of the log of what libraries write to the console and of Node's own warnings, each once: it would stand
 * between the lines, unsearched for secrets. A fault that nothing caught is a line too, and ends the process.
 */
export function takeOverOutput(log: Log): void {
	const told = new Set<string>()
	const tell = (message: string) => {
		if (told.has(message) || told.size > 1_000) return
		told.add(message)
		log.warn({}, message)
	}
	for (const method of methods) {
		// errors are told by their words alone: what a library prints of one may be all that it has
		console[method] = (...parts: unknown[]) =>
			tell(format(...parts.map((part) => (part instanceof Error ? part.message : part))))
	}
	process.removeAllListeners('warning')
	process.on('warning', ({ name, message }) => tell(`${name}: ${message}`))
	const end = (error: unknown) => {
		log.error({ err: error }, 'a fault that nothing caught ends the process')
		process.exit(1)
	}
	process.on('uncaughtException', end)
	process.on('unhandledRejection', end)
}
