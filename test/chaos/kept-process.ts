import { type RunningEnvoi, runEnvoi } from '../support/run-envoi.ts'

export type KeptProcess = {
	readonly name: string
	/** Resolves once the one that runs now is ready; rejects where none becomes so. */
	ready(): Promise<void>
	/** Kills it with SIGKILL, ready or not; it is started again at once. */
	kill(): Promise<void>
	stop(): Promise<void>
}

/** Told of by all kept processes together. */
export type Obituary = {
	/** Names of processes that are no more. */
	dead: string[]
	/** What processes wrote that ended by themselves after they had been ready. */
	unasked: string[]
	/** Lines that tell of a broken ledger. */
	alarms: string[]
}

const readyWords = 'Envoi runs'
const alarmWords = 'outcomes met rows that are no longer ours'

/** Keeps a role of `envoi serve` running as a supervisor would; each start has a name of its own. */
export function keepProcess(
	role: 'api' | 'workers',
	settings: (name: string) => Record<string, string>,
	obituary: Obituary,
	label: string = role,
): KeptProcess {
	let starts = 0
	let stopped = false
	let name = ''
	let running: RunningEnvoi
	let gone: Promise<unknown>
	start()

	function start(): void {
		starts += 1
		name = `${label}-${starts}`
		const started = runEnvoi(['serve', '--roles', role], settings(name))
		running = started
		const mourned = name
		gone = started.ended.then(async () => {
			const { signalCode } = started.process
			const written = started.written()
			obituary.dead.push(mourned)
			obituary.alarms.push(...written.split('\n').filter((line) => line.includes(alarmWords)))
			if (!stopped && signalCode !== 'SIGKILL' && written.includes(readyWords)) {
				obituary.unasked.push(`${mourned}: ${written.slice(-2_000)}`)
			}
			// one that could not start because its database was away tries again a little later
			if (signalCode !== 'SIGKILL') await new Promise((resolve) => setTimeout(resolve, 200))
			if (!stopped) start()
		})
	}

	return {
		get name() {
			return name
		},
		ready: async () => {
			for (let tries = 1; !stopped; tries++) {
				const begun = await running.wrote(readyWords).then(
					() => true,
					() => false,
				)
				if (begun) return
				if (tries === 20) throw new Error(`${name} does not start: ${running.written()}`)
				await gone
			}
		},
		kill: async () => {
			const end = gone
			running.process.kill('SIGKILL')
			await end
		},
		stop: async () => {
			stopped = true
			running.process.kill('SIGTERM')
			const forced = setTimeout(() => running.process.kill('SIGKILL'), 12_000)
			await gone
			clearTimeout(forced)
		},
	}
}
