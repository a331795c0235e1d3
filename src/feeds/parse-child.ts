import { Script } from 'node:vm'
import { type ParseInput, parseFeed } from './parse-feed.ts'

/** What the child process is asked, and for how long it may work on it at most. */
export type ParseRequest = { input: ParseInput; timeoutMs: number }

let outcome: ReturnType<typeof parseFeed>
let parse = () => {}
// a script is what V8 can end in the middle: should the parent be gone, nobody else would
const script = new Script('parseNow()')
Object.defineProperty(globalThis, 'parseNow', { value: () => parse() })

// a Ctrl-C in the terminal reaches all processes at once: this one ends with its parent, when what it reads is read
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.on('message', ({ input, timeoutMs }: ParseRequest) => {
	const { bytes, url, contentType, now, secure } = input
	parse = () => {
		outcome = parseFeed(bytes, url, contentType, { now, secure })
	}
	try {
		script.runInThisContext({ timeout: timeoutMs })
	} catch {
		outcome = { kind: 'failed', reason: 'broken', detail: `not read within ${timeoutMs} ms` }
	}
	process.send?.(outcome)
})
process.send?.('ready')
