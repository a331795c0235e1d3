import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Short files that take long: they start processes, or browsers. */
const long = /\/test\/(browser|commands)\/|\/(chaos|kill|mails-in-browser|installation-file)\.test\.ts$/

/**
 * Starts what takes longest first, so that no worker is left alone with it at the end. Vitest goes by the durations of the
 * run before; in a first run it has only the files' sizes to go by.
 */
export class LongFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files)
		const { first = [], then = [] } = Object.groupBy(sorted, ({ moduleId }) =>
			long.test(moduleId) ? 'first' : 'then',
		)
		return [...first, ...then]
	}
}
