import { planDigest } from '../../src/deliveries/index.ts'
import { getDraft, runStart, startDraft } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import type { TestApp } from './start-test-app.ts'

/** Sends a draft, waits out the time to undo it, and has its audience planned. Gives the digest. */
export async function sendDraft(app: TestApp, draftId: number): Promise<number> {
	await startDraft(app, draftId, { actor: operator })
	app.clock.advance({ seconds: 31 })
	await runStart(app, draftId)
	const { digestId } = await getDraft(app, draftId)
	if (digestId === null) throw new Error('no digest')
	await planDigest(app, digestId)
	return digestId
}
