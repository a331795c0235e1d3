/** All combinations are for CI, and for where pictures are taken. */
const everything = Boolean(process.env.EVERYTHING || process.env.CONSOLE_PICTURES)

/**
 * The first so many combinations, which have each language, width and manner in them; with EVERYTHING, as in .ci/run, and
 * where pictures are taken, all.
 */
export function someOf<Combination>(all: readonly Combination[], count: number): readonly Combination[] {
	return everything ? all : all.slice(0, count)
}

/** Every second case (or every `of`th), beginning with that of `turn`, so that two languages or widths share them; with EVERYTHING all. */
export function inTurn<Case>(cases: readonly Case[], turn: number, of = 2): readonly Case[] {
	return everything ? cases : cases.filter((_, place) => place % of === turn)
}
