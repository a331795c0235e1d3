/**
 * How many lanes a digest is sent in: enough for a few processes to have one each. The embedded database has one
 * process, and one lane keeps all its connections busy.
 */
export function lanesFor({ databaseKind }: { databaseKind: 'postgres' | 'pglite' }): number {
	return databaseKind === 'pglite' ? 1 : 4
}
