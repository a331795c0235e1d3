/** What the set-up hands to every test file. */
declare module 'vitest' {
	export interface ProvidedContext {
		parts: 'embedded' | 'servers'
		/** `embedded`: a file with the dump of a migrated PGlite folder. */
		migratedDump: string
		/** `embedded`: that folder itself, to copy; nothing has been started on it yet. */
		migratedFolder: string
		/** `servers`: a migrated database to copy, and Redis. */
		postgresUrl: string
		redisUrl: string
	}
}

export type Parts = 'embedded' | 'servers'
