/** Why a password is refused: a sentence for each stands under `errors.password.` in the string catalogs. */
export type PasswordProblem = 'short' | 'long' | 'common' | 'personal' | 'weak'

/** The time step that a code was made for; where it fits none of about now, by how many minutes its clock seems off. */
export type CodeMatch = { step?: number; minutesOff?: number }

/** What signing in needs of libraries: passwords and one-time codes (RFC 6238). */
export type SignInTools = {
	/** A salted hash that is slow to make, to be stored. */
	hashPassword(password: string): Promise<string>
	/** Takes the same time whether or not it fits, and where there is no hash. */
	verifyPassword(password: string, hash: string | null): Promise<boolean>
	/** What is wrong with a password that a person would choose; `about` are words that belong to them. */
	judgePassword(password: string, about: readonly string[]): Promise<PasswordProblem | undefined>
	/** A new secret for an app that makes codes, in base 32. */
	newCodeSecret(): string
	/** What such an app reads: a link, and the same as a picture, an SVG path on a square of `size` units. */
	codeLink(secret: string, account: string): { uri: string; path: string; size: number }
	matchCode(secret: string, code: string, now: Date): CodeMatch
}
