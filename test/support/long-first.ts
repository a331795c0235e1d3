import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Short files that take long: they start processes, or browsers. */
const long =
	/\/test\/(browser|commands)\/|\/(chaos|kill|mails-in-browser|installation-file|backup|speed-limits|wrong-clock|imap-mailbox|connect-redis|imports-killed)\.test\.ts$/

/**
 * Starts what takes longest first, so that no worker is left alone with it at the end; one project after the other, as a
 * worker that changes over reads the house in anew. Vitest goes by the durations of the run before; in a first run it has
 * only the files' sizes to go by.
 */
export class LongFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files)
		const projects = Object.values(Object.groupBy(sorted, ({ project }) => project.name))
		return projects.flatMap((specifications = []) => {
			const { first = [], then = [] } = Object.groupBy(specifications, ({ moduleId }) =>
				long.test(moduleId) ? 'first' : 'then',
			)
			return [...first, ...then]
		})
	}
}
