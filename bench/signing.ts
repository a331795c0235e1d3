import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { findProgram, findServers } from '../test/support/find-servers.ts'
import { allowedRow } from './parts/allowed-row.ts'
import type { EngineRun } from './parts/measure-engine.ts'
import { median, type Row, report } from './parts/report.ts'
import { withEngine } from './parts/with-engine.ts'

// What one worker process reaches that signs with RSA-2048, and without, in turns, and what a message costs each part:
// a part of `engine`, in a minute. PostgreSQL and Redis are started for it; Postfix's `smtp-sink` takes the mail.
// usage: npm run bench -- signing [ROUNDS] [CONNECTIONS]

const [rounds = 3, connections = 20] = process.argv.slice(2).map(Number)
const messages = 20_000
const results = fileURLToPath(new URL('results.md', import.meta.url))

const sink = findProgram('smtp-sink')
const missing = [...findServers().missing, ...(sink ? [] : ['smtp-sink'])]
if (missing.length > 0) console.log(`signing: left out, for lack of ${missing.join(', ')}`)
else {
	const runs: Record<'signed' | 'plain', EngineRun[]> = { signed: [], plain: [] }
	await withEngine({ large: messages, connections, messages, sink }, async (engine) => {
		for (let round = 0; round < rounds; round++) {
			for (const way of ['signed', 'plain'] as const) {
				const run = await engine.run({ workers: 1, signed: way === 'signed' })
				console.log(`signing: ${way}, ${run.rate.toFixed(0)}/s`)
				runs[way].push(run)
			}
		}
	})
	report(results, {
		rows: [
			...rowsOf('one worker process, RSA-2048 DKIM', runs.signed, allowedRow(runs.signed)),
			...rowsOf('one worker process, not signing', runs.plain, unasked(allowedRow(runs.plain))),
		],
		notes: [
			`${connections} SMTP connections; ${messages} messages of about 30 KB a run, ${rounds} rounds in turns, medians`,
			'what two cores allow is 2,000 ms divided by the CPU that a message takes in all',
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
	process.exit()
}

function unasked({ what, measured, ratio }: Row): Row {
	return { what, measured, ...(ratio && { ratio }) }
}

function rowsOf(what: string, runs: readonly EngineRun[], allowed: Row): Row[] {
	const of = (pick: (run: EngineRun) => number) => median(runs.map(pick))
	const parts = [
		of((run) => run.cpuMs),
		of((run) => run.databaseMs),
		of((run) => run.redisMs),
		of((run) => run.sinkMs),
	]
	return [
		{ what, measured: `${of(({ rate }) => rate).toFixed(0)}/s` },
		allowed,
		{
			what: '… CPU a message: worker, PostgreSQL, Redis, sink',
			measured: `${parts.map((ms) => ms.toFixed(3)).join(' + ')} ms`,
		},
		{ what: '… most memory', measured: `${Math.max(...runs.map(({ peakMb }) => peakMb)).toFixed(0)} MB` },
	]
}
