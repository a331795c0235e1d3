import { runSchedule } from '../src/digests/index.ts'
import type { Processors } from '../src/jobs/catalog.ts'

/** Triggers what a newsletter's schedule says. */
export function runScheduleProcessor(deps: Parameters<typeof runSchedule>[0]): Processors['run-schedule'] {
	return ({ newsletterId, kind }) => runSchedule(deps, newsletterId, kind)
}
