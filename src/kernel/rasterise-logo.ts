/** A logo as it is kept: a PNG for screens of twice the resolution. Its name is made from what it holds. */
export type Logo = { hash: string; png: Buffer; width: number; height: number }

/** Why a picture can't be a logo: `errors.logo.*` has a sentence for each. */
export const logoProblems = ['kind', 'large', 'pixels', 'unreadable'] as const

export type LogoProblem = (typeof logoProblems)[number]

/** Makes a logo of a PNG, JPEG, WebP or SVG. Whatever the bytes are, the same small PNG comes out, or a reason why not. */
export type RasteriseLogo = (
	bytes: Buffer,
) => Promise<{ ok: true; logo: Logo } | { ok: false; problem: LogoProblem }>
