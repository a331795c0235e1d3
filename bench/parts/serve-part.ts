import { readFileSync } from 'node:fs'
import { openApp } from '../../src/app.ts'
import { listen } from '../../src/commands/serve.ts'
import { workInBackground } from '../../src/commands/work-in-background.ts'
import { readConfig } from '../../src/config.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { createNodemailerRelay } from './nodemailer-relay.ts'

// One process of the real app, settings from its environment: `workers`, or `api`. It tells when it is ready, what CPU
// and memory it has used whenever it is asked, and closes when it is told to or when nobody is left to tell it.
// usage: serve-part.ts workers|api; with BENCH_RELAY=nodemailer its messages go as Nodemailer sends them

export type PartMessage = { ready: true } | { cpuSeconds: number; peakMb: number }

const tell = (message: PartMessage) => process.send?.(message)

const isApi = process.argv[2] === 'api'
const openRelay = process.env.BENCH_RELAY === 'nodemailer' ? createNodemailerRelay : undefined
const app = await openApp(readConfig(), { routes: isApi ? 'all' : 'health', openRelay })
if (!isApi) await workInBackground()
const server = isApi ? await listen(app) : undefined
const workers = isApi ? undefined : startWorkers(app)

process.on('message', () => {
	const { user, system } = process.cpuUsage()
	tell({ cpuSeconds: (user + system) / 1e6, peakMb: peakMb() })
})
process.once('disconnect', async () => {
	server?.close()
	server?.closeIdleConnections()
	workers?.stop()
	await app.close()
	process.exit()
})
tell({ ready: true })

/** The most that was ever resident. What getrusage tells also holds what the parent had when it started this process. */
function peakMb(): number {
	const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
	return Number(kilobytes) / 1_024
}
