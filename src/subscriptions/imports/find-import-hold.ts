import type { Hold, Installation } from '../../installation/index.ts'
import type { ImportRecord } from './import.ts'

export type ImportHoldDeps = { installation: Pick<Installation, 'readHold'> }

/**
 * Why an import waits although it runs: it asks people to confirm, and nobody is mailed while sending is held. What an import
 * does otherwise mails nobody, and goes on.
 */
export async function findImportHold(
	{ installation }: ImportHoldDeps,
	{ state, basis }: Pick<ImportRecord, 'state' | 'basis'>,
): Promise<Hold | undefined> {
	return state === 'running' && basis?.kind === 'unsure' ? installation.readHold() : undefined
}
