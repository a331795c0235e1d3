import type { Installation } from '../../installation/index.ts'

export type NoteOnMailDeps = {
	/** Captured mail, where no relay is set: the page then shows where it is. */
	captured: object | undefined
	installation: Pick<Installation, 'readHold'>
}

/** What a page that announces a mail says beside: that it does not leave, or waits. */
export type NoteOnMail = 'captured' | 'held' | null

export async function noteOnMail({ captured, installation }: NoteOnMailDeps): Promise<NoteOnMail> {
	// what was asked for is kept already: it is not answered with an error for what is said beside
	if (await installation.readHold().catch(() => undefined)) return 'held'
	return captured ? 'captured' : null
}
