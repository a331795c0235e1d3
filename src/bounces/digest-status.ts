import { findAlertOfDigest } from '../alerts/index.ts'
import { listPauses, type SendingPause } from '../deliveries/index.ts'
import { type DigestProgress, digestProgress } from '../digests/index.ts'
import type { Database } from '../kernel/database.ts'

/** What staff wants to know of a digest: its sums, what is left alone while it is being sent, and the alert on it. */
export type DigestStatus = {
	progress: DigestProgress
	pauses: SendingPause[]
	alert: Awaited<ReturnType<typeof findAlertOfDigest>> | null
}

/** What has become of a digest so far, and what stands in its way. Throws `not_found`. */
export async function digestStatus(deps: { db: Database }, digestId: number): Promise<DigestStatus> {
	const progress = await digestProgress(deps, digestId)
	const pauses = progress.digest.state === 'sending' ? await listPauses(deps) : []
	return { progress, pauses, alert: (await findAlertOfDigest(deps, digestId)) ?? null }
}
