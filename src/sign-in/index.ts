import type { SignInTools } from '../kernel/sign-in.ts'
import { hashPassword, verifyPassword } from './hash-password.ts'
import { judgePassword } from './judge-password.ts'
import { codeLink, matchCode, newCodeSecret } from './one-time-codes.ts'

/** Passwords and one-time codes, by Node's own scrypt, zxcvbn and otpauth. */
export const signInTools: SignInTools = {
	hashPassword,
	verifyPassword,
	judgePassword,
	newCodeSecret,
	codeLink,
	matchCode,
}

export { openIdProvider } from './open-id-provider.ts'
