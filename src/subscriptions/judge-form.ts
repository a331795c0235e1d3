import { type Keys, signToken, verifyToken } from '../kernel/keys.ts'

/** What a form carries beside the person's own input. */
export type FormAnswer = {
	/** A field that people don't see: what fills it is a machine. */
	trap?: string
	/** When the page was shown, signed by us; a form on another site has none. */
	started?: string
}

/** The stamp that a page of ours puts into its form. */
export function stampForm(keys: Keys, now: Date): string {
	return signToken(keys, 'form-started', [Math.floor(now.getTime() / 1000)])
}

/** Whether a form was made by us: then we also know which page it stood on. */
export function isStamped(keys: Keys, form: FormAnswer): boolean {
	return form.started !== undefined && verifyToken(keys, 'form-started', form.started) !== undefined
}

/** Whether a person can have filled the form. Without a stamp the limits alone protect it. */
export function judgeForm(
	keys: Keys,
	form: FormAnswer | undefined,
	{ now, minSeconds }: { now: Date; minSeconds: number },
): 'fine' | 'trapped' | 'too_fast' {
	if (form?.trap) return 'trapped'
	const [started] = (form?.started && verifyToken(keys, 'form-started', form.started)) || []
	if (started === undefined) return 'fine'
	return now.getTime() / 1000 - started < minSeconds ? 'too_fast' : 'fine'
}
