import type { SignInTools } from '../kernel/sign-in.ts'
import { fullCost, hashPassword, type ScryptCost, verifyPassword } from './hash-password.ts'
import { judgePassword } from './judge-password.ts'
import { codeLink, matchCode, newCodeSecret } from './one-time-codes.ts'

/** Passwords and one-time codes, by Node's own scrypt, zxcvbn and otpauth. `cost`: of what is hashed from now on. */
export function createSignInTools(cost: ScryptCost = fullCost): SignInTools {
	return {
		hashPassword: (password) => hashPassword(password, cost),
		verifyPassword: (password, hash) => verifyPassword(password, hash, cost),
		judgePassword,
		newCodeSecret,
		codeLink,
		matchCode,
	}
}

export type { ScryptCost } from './hash-password.ts'

export { openIdProvider } from './open-id-provider.ts'
