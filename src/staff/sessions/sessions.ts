import type { Member } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import { addDays, addSeconds, type Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import { findDatabaseTrouble } from '../../kernel/database-trouble.ts'
import { hashToken, type Keys, randomToken } from '../../kernel/keys.ts'
import type { Locale } from '../../kernel/messages.ts'
import { findMember } from '../store/members.ts'
import {
	deleteEndedSessions,
	deleteSession,
	deleteSessions,
	findSession,
	insertSession,
	type StaffSession,
	selectSessions,
	touchSession,
} from '../store/sessions.ts'

type Deps = { db: Database; clock: Clock; keys: Keys }

/** So long a session lasts that is not used. */
export const sessionDays = 14
/** So long somebody may take for the second step. */
export const codeMinutes = 10

const touchedEveryMs = 60_000

/** Begins a session: gives its token, of which a keyed hash is stored. */
export async function beginSession(
	{ clock, keys }: Pick<Deps, 'clock' | 'keys'>,
	db: DatabaseOrTransaction,
	{ memberId, complete, userAgent }: { memberId: number; complete: boolean; userAgent: string | undefined },
): Promise<string> {
	const token = randomToken()
	const now = clock.now()
	await deleteEndedSessions(db, now)
	await insertSession(db, {
		memberId,
		tokenHash: hashToken(keys, token),
		complete,
		userAgent: userAgent?.slice(0, 300) ?? null,
		now,
		expiresAt: complete ? addDays(now, sessionDays) : addSeconds(now, codeMinutes * 60),
	})
	return token
}

/** Who is signed in, in which language, and by which session; whether that lasts longer from now on, as its cookie must. */
export type SignedIn = { member: Member; locale: Locale; sessionId: number; prolonged: boolean }

/** Who a session's token stands for; undefined where it has ended, or the second step is still to come. */
export async function findSignedIn(
	{ db, clock, keys }: Deps,
	token: string | undefined,
): Promise<SignedIn | undefined> {
	if (!token || token.length > 100) return undefined
	const now = clock.now()
	const session = await findSession(db, hashToken(keys, token), now)
	if (!session?.complete) return undefined
	const found = await findMember(db, session.memberId)
	if (!found) return undefined
	const isDue = now.getTime() - session.lastSeenAt.getTime() >= touchedEveryMs
	const prolonged = isDue && (await prolong(db, session.id, now))
	const { id, name, role, newsletterIds, locale } = found
	return {
		member: { kind: 'member', id, name, role, newsletterIds },
		locale,
		sessionId: session.id,
		prolonged,
	}
}

/** Gives false where the disk is full: what is wrong is to be read all the same. */
async function prolong(db: Database, id: number, now: Date): Promise<boolean> {
	try {
		await touchSession(db, id, { now, expiresAt: addDays(now, sessionDays) })
		return true
	} catch (error) {
		if (findDatabaseTrouble(error) === 'full') return false
		throw error
	}
}

/** Ends the session of a token; one that has ended is fine. */
export async function signOut({ db, clock, keys }: Deps, token: string | undefined): Promise<void> {
	if (!token) return
	const session = await findSession(db, hashToken(keys, token), clock.now())
	if (session) await deleteSession(db, session)
}

/** The browsers that a member is signed in with, the latest first. */
export function listSessions(
	{ db, clock }: Pick<Deps, 'db' | 'clock'>,
	memberId: number,
): Promise<StaffSession[]> {
	return selectSessions(db, memberId, clock.now())
}

/** Ends one of a member's own sessions. Throws `not_found`. */
export async function endSession(
	{ db }: Pick<Deps, 'db'>,
	session: { memberId: number; id: number },
): Promise<void> {
	if (!(await deleteSession(db, session))) throw new AppError('not_found', 'errors.not_found')
}

/** Ends all of a member's sessions but the one they are in. */
export async function endOtherSessions(
	{ db }: Pick<Deps, 'db'>,
	{ memberId, sessionId }: { memberId: number; sessionId: number },
): Promise<void> {
	await deleteSessions(db, memberId, { except: sessionId })
}
