import { type NamedActor, readActorName } from '../../../kernel/actor.ts'
import { noticeKinds, type ReaderEventKind } from '../../../kernel/enumerations.ts'
import type { Reader } from '../../../subscriptions/index.ts'

type Event = Reader['history'][number]

/** Something that happened to a reader: `console.history.KIND.WHAT` in the string catalogs. */
export type HistoryRow = {
	at: Date
	kind: ReaderEventKind
	what: string
	digestId: number | null
	/** Which mail it was, of `console.history.mail`; null but for mails that answer somebody. */
	mail: string | null
	icon: 'done' | 'ask' | 'stop' | 'doubt' | 'waits' | 'paused' | 'out' | null
	/** Where it was done: a page, or a word of `console.history.place`. */
	place: { name: string | null; page: string; by: NamedActor | null } | null
	wordingVersion: number | null
	/** Why an address is not mailed, of `console.standing`. */
	reason: string | null
	/** The words of a relay or of a report. */
	words: string | null
}

const icons: Record<string, HistoryRow['icon']> = {
	'consent confirmed': 'done',
	'consent resubscribed': 'done',
	'consent paused': 'paused',
	'notice due': 'waits',
	'notice sending': 'waits',
	'notice accepted': 'done',
	'notice refused': 'ask',
	'notice in_doubt': 'doubt',
	'digest planned': 'waits',
	'digest sending': 'waits',
	'digest accepted': 'done',
	'digest refused': 'ask',
	'digest in_doubt': 'doubt',
	'digest bounced': 'ask',
	'digest complained': 'stop',
	'report bounce': 'ask',
	'report complaint': 'stop',
	'report delivered': 'done',
	'suppression suppressed': 'out',
}

/** What happened with a newsletter and to the address itself, the newest first; nothing of other newsletters. */
export function describeHistory(history: readonly Event[], slug: string): HistoryRow[] {
	return history
		.filter(({ newsletter }) => newsletter === null || newsletter === slug)
		.toReversed()
		.map(describeEvent)
}

function describeEvent({ at, kind, what, digestId, page, wordingVersion, detail }: Event): HistoryRow {
	const [, mail = null, words = null] = kind === 'notice' ? readNotice(detail) : [null, null, detail]
	return {
		...{ at, kind, what, digestId, mail, wordingVersion },
		icon: icons[`${kind} ${what}`] ?? null,
		place: page ? describePlace(page) : null,
		reason: kind === 'suppression' ? detail : null,
		words: kind === 'suppression' ? null : words || null,
	}
}

const notice = new RegExp(`^(${noticeKinds.join('|')})(?:: (.*))?$`, 's')

/** A notice's detail begins with its kind, in front of the reply. */
function readNotice(detail: string | null): ReadonlyArray<string | null | undefined> {
	return notice.exec(detail ?? '') ?? [null, null, detail]
}

/** What receipts call the places that are no pages of a site. */
const places: Record<string, string> = {
	staff: 'staff',
	mail: 'mail',
	complaint: 'complaint',
	'returned mail': 'returned_mail',
	'one-click': 'one_click',
	undo: 'undo',
	'unsubscribe page': 'leaving_page',
	'preferences page': 'preferences',
	'change of address': 'change_of_address',
	'change of address taken back': 'change_taken_back',
	api: 'api',
}

function describePlace(page: string): NonNullable<HistoryRow['place']> {
	const by = readActorName(/^staff \(([\w:]+)\)$/.exec(page)?.[1] ?? '')
	if (by) return { name: 'staff_by', page, by }
	if (/^import \d+ \(\w+\)$/.test(page)) return { name: 'import', page, by: null }
	if (/^staff: the consent of import \d+ is over$/.test(page)) return { name: 'consent_over', page, by: null }
	return { name: places[page.replace(/ \(digest \d+\)$/, '')] ?? null, page, by: null }
}
