/**
 * What tells the database of this process from a copy of it: a copy does not take it along. Each is undefined where it
 * can't be told.
 */
export type DatabaseIdentity = {
	/** INSTALLATION_ID, or what the data folder holds. */
	id: string | undefined
	/** What makes this database another one than a copy of it: see `docs/restoring.md`. */
	place: string | undefined
	mark: GenerationMark | undefined
}

/** The highest generation that the database is known to have reached, kept outside of it. */
export type GenerationMark = {
	/** Undefined where none is kept, or no more. */
	read(): Promise<number | undefined>
	raise(generation: number): Promise<void>
}
