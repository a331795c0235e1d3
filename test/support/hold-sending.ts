import type { App } from '../../src/app.ts'
import { holdRestored } from '../../src/installation/index.ts'
import { operator } from '../../src/kernel/actor.ts'

/** Leaves the database as `envoi restore` does: from now on it mails nobody by itself. */
export async function holdSending(app: App): Promise<void> {
	// so that nobody believes for some seconds more what the last look said
	await app.installation.release(operator)
	await holdRestored(app, { madeAt: '2026-11-01T08:00:00Z' })
}
