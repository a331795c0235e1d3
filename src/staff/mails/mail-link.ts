import { recordAudit } from '../../audit/index.ts'
import type { JobCatalog } from '../../jobs/catalog.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { addDays, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { parseEmailAddress } from '../../kernel/email-address.ts'
import type { Jobs } from '../../kernel/jobs.ts'
import { hashAddress, type Keys } from '../../kernel/keys.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import { networkOf } from '../../kernel/networks-of.ts'
import { linkDays } from '../members/manage-members.ts'
import { endLinks, replaceLink } from '../store/links.ts'
import { findMemberByEmail, lockMember } from '../store/members.ts'

type Deps = { db: Database; clock: Clock; jobs: Pick<Jobs<JobCatalog>, 'enqueue'> }

/** Mails a member a link: to come in, or to choose another password where they have come in. Throws `not_found`. */
export async function mailLink(deps: Deps, id: number, actor: Actor): Promise<void> {
	const linkId = await deps.db.transaction().execute(async (tx) => {
		const member = await lockMember(tx, id)
		if (!member) throw new AppError('not_found', 'errors.staff.not_found', { params: { id } })
		const kind = member.joined ? 'password' : 'invitation'
		await recordAudit({ ...deps, db: tx }, { actor, action: 'mail-link', subject: `member:${id}` })
		return replaceLink(tx, { memberId: id, kind, tokenHash: null, ...timesOf(deps, kind) })
	})
	await deps.jobs.enqueue('send-staff-mail', { linkId }, { dedupe: String(linkId) })
}

/**
 * Mails a link to choose another password to a member's address. Says nothing of whether it is one; an address gets three in
 * an hour, and so does a machine. Throws `invalid` for what is no address.
 */
export async function forgotPassword(
	deps: Deps & { keys: Keys; limiter: Pick<Limiter, 'take'> },
	{ email, ip }: { email: string; ip: string },
): Promise<void> {
	const parsed = parseEmailAddress(email)
	if (!parsed.ok) {
		const field = { field: 'email', message: `errors.address.${parsed.problem}` }
		throw new AppError('invalid', 'errors.invalid', { fields: [field] })
	}
	const { comparable } = parsed.address
	const limits = [
		`forgotten:${hashAddress(deps.keys, comparable)}`,
		`forgotten-ip:${hashAddress(deps.keys, networkOf(ip))}`,
	]
	const answers = await Promise.all(
		limits.map((key, index) => deps.limiter.take(key, { points: index === 0 ? 3 : 20, perSeconds: 3_600 })),
	)
	const member = await findMemberByEmail(deps.db, comparable)
	// whoever asks too often is told nothing else either
	if (answers.some(({ ok }) => !ok)) return
	const times = timesOf(deps, 'password')
	// the same work for every address: of a stranger's the mail finds no link
	const memberId = member?.joined ? member.id : null
	const linkId = await deps.db.transaction().execute(async (tx) => {
		if (memberId === null) return nobodysLink(tx)
		return replaceLink(tx, { memberId, kind: 'password', tokenHash: null, ...times })
	})
	await deps.jobs.enqueue('send-staff-mail', { linkId }, { dedupe: String(linkId) })
}

/** Looks for links as for a member's, and gives the number of none. */
async function nobodysLink(tx: DatabaseOrTransaction): Promise<number> {
	await endLinks(tx, 0)
	return Number.MAX_SAFE_INTEGER
}

function timesOf({ clock }: Pick<Deps, 'clock'>, kind: keyof typeof linkDays) {
	const now = clock.now()
	return { now, expiresAt: addDays(now, linkDays[kind]) }
}
