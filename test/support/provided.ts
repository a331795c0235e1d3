/** What the set-up hands to every test file. */
declare module 'vitest' {
	export interface ProvidedContext {
		parts: 'embedded' | 'servers'
		/** A file with the dump of a migrated PGlite folder. */
		migratedDump: string
		/** That folder itself, to copy; nothing has been started on it yet. */
		migratedFolder: string
		/** `servers`: a migrated database to copy, and Redis. */
		postgresUrl: string
		redisUrl: string
	}
}

export type Parts = 'embedded' | 'servers'
