import { type Member, mayDo, maySee } from '../../kernel/actor.ts'
import { type OccasionKind, occasionKinds } from '../../kernel/occasions.ts'
import type { Permission } from '../../kernel/permissions.ts'
import type { Role } from '../../kernel/roles.ts'

/** What a member chose of the mails; what is missing is as their role has it. */
export type MailChoices = Partial<Record<OccasionKind, boolean>>

/** Whom a mail may be for, and who gets it where they said nothing: whoever can do something about it. */
const rules: Record<OccasionKind, { needs: Permission; usual: readonly Role[] }> = {
	draft_ready: { needs: 'digests.prepare', usual: ['owner', 'approver', 'editor'] },
	approval: { needs: 'digests.prepare', usual: ['owner', 'approver', 'editor'] },
	source_broken: { needs: 'sources.read', usual: ['owner', 'approver', 'editor'] },
	digest_stalled: { needs: 'digests.read', usual: ['owner', 'approver'] },
	digest_finished: { needs: 'digests.read', usual: ['owner', 'approver'] },
	returned_mail: { needs: 'digests.send', usual: ['owner', 'approver'] },
	webhook_off: { needs: 'webhooks.manage', usual: ['owner'] },
	signups: { needs: 'subscribers.read', usual: ['owner'] },
	signup_attack: { needs: 'bounces.read', usual: ['owner', 'approver'] },
	import_finished: { needs: 'subscribers.change', usual: ['owner', 'approver'] },
}

/** The mails that a member may choose from, and which of them they get. */
export function offeredMails(
	member: Member,
	choices: MailChoices,
): Array<{ kind: OccasionKind; chosen: boolean }> {
	return occasionKinds
		.filter((kind) => mayDo(member, rules[kind].needs))
		.map((kind) => ({ kind, chosen: choices[kind] ?? rules[kind].usual.includes(member.role) }))
}

/** Whether a member gets a mail about a newsletter; null stands for the whole installation. */
export function wantsMail(
	member: Member,
	choices: MailChoices,
	{ kind, newsletterId }: { kind: OccasionKind; newsletterId: number | null },
): boolean {
	const isTheirs = newsletterId === null ? member.newsletterIds === null : maySee(member, newsletterId)
	return isTheirs && offeredMails(member, choices).some((each) => each.kind === kind && each.chosen)
}
