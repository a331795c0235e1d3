import { recordAudit } from '../../audit/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { parseEmailAddress } from '../../kernel/email-address.ts'
import { hashAddress, hashToken, type Keys, openSecret, signToken, verifyToken } from '../../kernel/keys.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import { networkOf } from '../../kernel/networks-of.ts'
import type { SignInTools } from '../../kernel/sign-in.ts'
import {
	type Credentials,
	findMemberByEmail,
	lockMember,
	setCodeStep,
	useRecoveryCode,
} from '../store/members.ts'
import { deleteSession, findSession } from '../store/sessions.ts'
import { codePurpose, recoveryHash } from './code-secrets.ts'
import { beginSession } from './sessions.ts'

export type SignInDeps = {
	db: Database
	clock: Clock
	keys: Keys
	limiter: Pick<Limiter, 'take'>
	signInTools: SignInTools
}

export type SignInRequest = {
	email: string
	password: string
	ip: string
	userAgent: string | undefined
	/** What `deviceToken` gave to this browser when it was signed in before. */
	device: string | undefined
}

/** `token` is the session's; `complete` is false where a code is still asked for. */
export type SignedInBrowser = { token: string; complete: boolean; memberId: number }

/**
 * Signs somebody in by address and password. Throws `unauthenticated`, the same and after the same work whatever was wrong,
 * and `limited` after many attempts: an address is limited for browsers it was never signed in from only, so that
 * strangers can't lock its owner out.
 */
export async function signIn(deps: SignInDeps, request: SignInRequest): Promise<SignedInBrowser> {
	const parsed = parseEmailAddress(request.email)
	const emailKey = parsed.ok ? parsed.address.comparable : ''
	const found = await findMemberByEmail(deps.db, emailKey)
	await limit(deps, { emailKey, ip: request.ip, isKnown: knowsDevice(deps, found, request.device) })
	const fits = await deps.signInTools.verifyPassword(request.password, found?.passwordHash ?? null)
	if (!found || !fits) throw new AppError('unauthenticated', 'errors.sign_in.wrong')
	const complete = found.codeSecret === null
	const token = await deps.db.transaction().execute(async (tx) => {
		if (complete) await noteSignIn(deps, tx, found)
		return beginSession(deps, tx, { memberId: found.id, complete, userAgent: request.userAgent })
	})
	return { token, complete, memberId: found.id }
}

/**
 * The second step: a code of the app, or one to recover with, each good once. Gives the token of a new session, and ends
 * the one that waited. Throws `unauthenticated` where that has ended, `invalid` for a code that does not fit.
 */
export async function giveCode(
	deps: SignInDeps,
	{ token, code, userAgent }: { token: string | undefined; code: string; userAgent: string | undefined },
): Promise<SignedInBrowser> {
	const { db, clock, keys } = deps
	const session = token ? await findSession(db, hashToken(keys, token), clock.now()) : undefined
	if (!session || session.complete) throw new AppError('unauthenticated', 'errors.sign_in.again')
	// 10 guesses in a quarter of an hour: who has come so far knows the password
	const answer = await deps.limiter.take(`sign-in-code:${session.memberId}`, { points: 10, perSeconds: 900 })
	if (!answer.ok) throw tooOften(answer.retryAfterSeconds)
	return db.transaction().execute(async (tx) => {
		const member = await lockMember(tx, session.memberId)
		if (!member?.codeSecret || !(await deleteSession(tx, session))) {
			throw new AppError('unauthenticated', 'errors.sign_in.again')
		}
		const now = clock.now()
		const secret = openSecret(keys, codePurpose(member.id), member.codeSecret)
		const { step, minutesOff } = deps.signInTools.matchCode(secret, code, now)
		if (step !== undefined) {
			if (step <= (member.codeLastStep ?? 0)) throw wrongCode('errors.sign_in.code_used')
			await setCodeStep(tx, member.id, step)
		} else {
			const hash = recoveryHash(keys, code)
			const isRecovery = await useRecoveryCode(tx, { memberId: member.id, hash, at: now })
			if (!isRecovery && minutesOff) throw wrongCode('errors.sign_in.clock_off', { minutes: minutesOff })
			if (!isRecovery) throw wrongCode('errors.sign_in.code_wrong')
		}
		await noteSignIn(deps, tx, member)
		const begun = await beginSession(deps, tx, { memberId: member.id, complete: true, userAgent })
		return { token: begun, complete: true, memberId: member.id }
	})
}

/** What a browser keeps that somebody was signed in with. */
export function deviceToken({ keys }: { keys: Keys }, memberId: number): string {
	return signToken(keys, 'known-device', [memberId])
}

function knowsDevice(
	{ keys }: SignInDeps,
	found: Credentials | undefined,
	device: string | undefined,
): boolean {
	return found !== undefined && verifyToken(keys, 'known-device', device ?? '')?.[0] === found.id
}

async function limit(
	{ limiter, keys }: SignInDeps,
	{ emailKey, ip, isKnown }: { emailKey: string; ip: string; isKnown: boolean },
): Promise<void> {
	const whose = hashAddress(keys, emailKey)
	const counted = isKnown
		? [{ key: `sign-in-known:${whose}`, points: 20 }]
		: [
				{ key: `sign-in:${whose}`, points: 20 },
				{ key: `sign-in-ip:${hashAddress(keys, networkOf(ip))}`, points: 30 },
			]
	const answers = await Promise.all(
		counted.map(({ key, points }) => limiter.take(key, { points, perSeconds: 900 })),
	)
	const waits = answers.flatMap((answer) => (answer.ok ? [] : [answer.retryAfterSeconds]))
	if (waits.length > 0) throw tooOften(Math.max(...waits))
}

function tooOften(retryAfterSeconds: number): AppError {
	const params = { minutes: Math.ceil(retryAfterSeconds / 60) }
	return new AppError('limited', 'errors.sign_in.limited', { params, retryAfterSeconds })
}

function wrongCode(message: string, params?: Record<string, number>): AppError {
	return new AppError('invalid', 'errors.invalid', { fields: [{ field: 'code', message, params }] })
}

/** Writes down that a member is in. */
export async function noteSignIn(
	deps: Pick<SignInDeps, 'clock'>,
	tx: Parameters<typeof recordAudit>[0]['db'],
	{ id, name, role, newsletterIds }: Credentials,
): Promise<void> {
	const actor = { kind: 'member' as const, id, name, role, newsletterIds }
	await recordAudit({ db: tx, clock: deps.clock }, { actor, action: 'sign-in', subject: `member:${id}` })
}
