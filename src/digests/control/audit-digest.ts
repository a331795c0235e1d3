import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

export type DigestAction = 'pause' | 'resume' | 'cancel' | 'resend' | 'export' | 'compose'

export function auditDigest(
	deps: { db: DatabaseOrTransaction; clock: Clock },
	actor: Actor,
	action: DigestAction,
	digestId: number,
): Promise<void> {
	return recordAudit(deps, { actor, action, subject: `digest:${digestId}` })
}
