import type { Newsletter } from './newsletter.ts'

/** What staff sets of a newsletter, as the audit log compares it: texts by their language, the logo by its size. */
export function settingsOf({ id, createdAt, updatedAt, texts, logo, ...settings }: Newsletter): object {
	const { schedule } = settings
	const draftFirst = schedule?.draftFirst && (schedule.draftFirst.sendAt ?? 'waits')
	return {
		...settings,
		schedule: schedule && { ...schedule, draftFirst },
		logo: logo && `${logo.width} × ${logo.height}, ${logo.hash.slice(0, 8)}`,
		texts: Object.fromEntries(texts.map(({ locale, ...text }) => [locale, text])),
	}
}
