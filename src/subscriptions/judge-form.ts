import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

/** What a form carries beside the person's own input. */
export type FormAnswer = {
	/** A field that people don't see: what fills it is a machine. */
	trap?: string
	/** When the page was shown, signed by us; a form on another site has none. */
	started?: string
}

/** After that a stamp says nothing any more: else one that was kept would do for ever. */
const stampSeconds = 86_400

/** The stamp that a page of ours puts into its form. */
export function stampForm(keys: Keys, now: Date): string {
	return signToken(keys, 'form-started', [secondsOf(now)])
}

/** Whether a form was made by us within a day: then we also know which page it stood on. */
export function isStamped(keys: Keys, form: FormAnswer, now: Date): boolean {
	return ageOf(keys, form, now) !== undefined
}

/**
 * Whether a person can have filled the form. `hurried`: faster than by hand, as browsers that fill forms in are too, so it
 * is taken as any other but counted for more. Without a stamp that holds, the limits alone protect it.
 */
export function judgeForm(
	keys: Keys,
	form: FormAnswer | undefined,
	{ now, minSeconds }: { now: Date; minSeconds: number },
): 'fine' | 'trapped' | 'hurried' {
	if (form?.trap) return 'trapped'
	const age = form && ageOf(keys, form, now)
	return age !== undefined && age < minSeconds ? 'hurried' : 'fine'
}

/** Seconds since the page was shown; undefined without a stamp, or with one that is too old or from a time to come. */
function ageOf(keys: Keys, { started }: FormAnswer, now: Date): number | undefined {
	const [at] = (started && verifyToken(keys, 'form-started', started)) || []
	if (at === undefined) return undefined
	const age = now.getTime() / 1000 - at
	return age > -60 && age <= stampSeconds ? age : undefined
}

function secondsOf(time: Date): number {
	return Math.floor(time.getTime() / 1000)
}
