import type { Member } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Database } from '../../kernel/database.ts'
import type { Limiter } from '../../kernel/limiter.ts'
import type { SignInTools } from '../../kernel/sign-in.ts'
import { findMember } from '../store/members.ts'

export type ConfirmPasswordDeps = {
	db: Database
	limiter: Pick<Limiter, 'take'>
	signInTools: Pick<SignInTools, 'verifyPassword'>
}

/**
 * Asks for the present password before something is changed that a browser left open must not change. Throws `invalid` at
 * the field where it does not fit, and `limited` after ten guesses in a quarter of an hour.
 */
export async function confirmOwnPassword(
	{ db, limiter, signInTools }: ConfirmPasswordDeps,
	member: Member,
	{ field, password }: { field: string; password: string },
): Promise<void> {
	const taken = await limiter.take(`own-password:${member.id}`, { points: 10, perSeconds: 900 })
	if (!taken.ok) {
		const { retryAfterSeconds } = taken
		const params = { minutes: Math.ceil(retryAfterSeconds / 60) }
		throw new AppError('limited', 'errors.sign_in.limited', { params, retryAfterSeconds })
	}
	const found = await findMember(db, member.id)
	if (!(await signInTools.verifyPassword(password, found?.passwordHash ?? null)))
		throw invalidField(field, 'errors.sign_in.password_wrong')
}
