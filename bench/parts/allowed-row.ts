import type { EngineRun } from './measure-engine.ts'
import { median, type Row } from './report.ts'

/** The rate against what two cores allow that share all the work of a message. */
export function allowedRow(runs: readonly EngineRun[]): Row {
	const allowed = (run: EngineRun) => 2_000 / (run.cpuMs + run.databaseMs + run.redisMs + run.sinkMs)
	const ratio = median(runs.map((run) => run.rate / allowed(run)))
	return {
		what: '… of what two cores allow',
		measured: `${median(runs.map(allowed)).toFixed(0)}/s`,
		ratio: ratio.toFixed(2),
		target: '≥ 0.85',
		isMet: ratio >= 0.85,
	}
}
