/**
 * The first so many combinations, which have each language, width and manner in them; with EVERYTHING, as in .ci/run, and
 * where pictures are taken, all.
 */
export function someOf<Combination>(all: readonly Combination[], count: number): readonly Combination[] {
	return process.env.EVERYTHING || process.env.CONSOLE_PICTURES ? all : all.slice(0, count)
}
