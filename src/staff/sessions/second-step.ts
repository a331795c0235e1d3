import { randomInt } from 'node:crypto'
import { recordAudit } from '../../audit/index.ts'
import type { Member } from '../../kernel/actor.ts'
import { invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { type Keys, openSecret, sealSecret } from '../../kernel/keys.ts'
import type { SignInTools } from '../../kernel/sign-in.ts'
import { type ConfirmPasswordDeps, confirmOwnPassword } from '../members/confirm-own-password.ts'
import { findMember, lockMember, setCodeSecret } from '../store/members.ts'
import { codePurpose, recoveryHash } from './code-secrets.ts'

type Deps = ConfirmPasswordDeps & { db: Database; clock: Clock; keys: Keys; signInTools: SignInTools }
type OfferDeps = Pick<Deps, 'db' | 'keys' | 'signInTools'>

// without letters and digits that are taken for each other
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const recoveryCount = 10

/** What a member's app is to read; nothing is kept before its first code is given. `sealed` is for `turnOnCodes`. */
export async function offerCodes({ db, keys, signInTools }: OfferDeps, member: Member) {
	const secret = signInTools.newCodeSecret()
	const { email } = (await findMember(db, member.id)) ?? { email: member.name }
	return {
		secret,
		...signInTools.codeLink(secret, email),
		sealed: sealSecret(keys, codePurpose(member.id), secret),
	}
}

/** The offer again, as it was, where the code did not fit. Throws `invalid` where it was altered. */
export async function offerCodesAgain({ db, keys, signInTools }: OfferDeps, member: Member, sealed: string) {
	const secret = readOffer(keys, member, sealed)
	const { email } = (await findMember(db, member.id)) ?? { email: member.name }
	return { secret, ...signInTools.codeLink(secret, email), sealed }
}

/**
 * From now on signing in asks for a code. Gives codes to recover with, this once: keyed hashes of them are stored. Throws
 * `invalid` where the present password or the code does not fit.
 */
export async function turnOnCodes(
	deps: Deps,
	member: Member,
	{ sealed, code, password }: { sealed: string; code: string; password: string },
): Promise<string[]> {
	const { db, clock, keys, signInTools } = deps
	await confirmOwnPassword(deps, member, { field: 'password', password })
	const secret = readOffer(keys, member, sealed)
	const { step, minutesOff } = signInTools.matchCode(secret, code, clock.now())
	if (step === undefined && minutesOff)
		throw invalidField('code', 'errors.sign_in.clock_off', { minutes: minutesOff })
	if (step === undefined) throw invalidField('code', 'errors.sign_in.code_wrong')
	const codes = Array.from({ length: recoveryCount }, newRecoveryCode)
	const recoveryHashes = codes.map((each) => recoveryHash(keys, each))
	await db.transaction().execute(async (tx) => {
		await lockMember(tx, member.id)
		await setCodeSecret(tx, member.id, { secret: sealed, step, recoveryHashes })
		await recordAudit(
			{ db: tx, clock },
			{ actor: member, action: 'turn-on-codes', subject: `member:${member.id}` },
		)
	})
	return codes
}

/** Signing in asks for no code any more. Throws `invalid` where the present password is wrong. */
export async function turnOffCodes(deps: Deps, member: Member, password: string): Promise<void> {
	const { db, clock } = deps
	await confirmOwnPassword(deps, member, { field: 'password', password })
	await db.transaction().execute(async (tx) => {
		await lockMember(tx, member.id)
		await setCodeSecret(tx, member.id, null)
		await recordAudit(
			{ db: tx, clock },
			{ actor: member, action: 'turn-off-codes', subject: `member:${member.id}` },
		)
	})
}

function newRecoveryCode(): string {
	const letters = Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)])
	return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)].map((part) => part.join('')).join('-')
}

function readOffer(keys: Keys, member: Member, sealed: string): string {
	try {
		return openSecret(keys, codePurpose(member.id), sealed)
	} catch {
		throw invalidField('code', 'errors.sign_in.code_wrong')
	}
}
