/**
 * How many lanes a digest is sent in: as many processes may share it. The embedded database has one process.
 */
export function lanesFor({ databaseKind }: { databaseKind: 'postgres' | 'pglite' }): number {
	return databaseKind === 'pglite' ? 1 : 8
}
