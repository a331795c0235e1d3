import type { Installation } from '../../installation/index.ts'

export type NoteOnMailDeps = {
	/** Captured mail, where no relay is set: the page then shows where it is. */
	captured: object | undefined
	installation: Pick<Installation, 'findHold'>
}

/** What a page that announces a mail says beside: that it does not leave, or waits. */
export type NoteOnMail = 'captured' | 'held' | null

export async function noteOnMail({ captured, installation }: NoteOnMailDeps): Promise<NoteOnMail> {
	if (await installation.findHold()) return 'held'
	return captured ? 'captured' : null
}
