import type { RequestKind } from '../../kernel/enumerations.ts'
import type { CapturedMail } from '../../kernel/mail.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { SignupWish } from '../../kernel/tables/subscriptions.ts'
import type { Reader, RequestView } from '../../subscriptions/index.ts'
import type { ConsolePageData } from '../console/console-page-data.ts'
import type { ApiDescription } from '../operation/api-document/describe-api.ts'
import type { ArchiveFront, ArchiveRow } from '../visitors/archive/describe-archive.ts'
import type { ShownPage } from '../visitors/archive/describe-page.ts'
import type { LanguageLink, Site, SiteLink } from '../visitors/describe-newsletter.ts'
import type { Preferences } from '../visitors/describe-preferences.ts'
import type { EmbeddedFile } from '../visitors/embedded-files.ts'
import type { PageFrame } from '../visitors/find-site.ts'
import type { NoteOnMail } from '../visitors/note-on-mail.ts'
import type { ErrorBody } from './answer-error.ts'
import type { PageName } from './page-names.ts'

/** What every page of a newsletter shows. */
type OfNewsletter = { site: Site; languages: LanguageLink[] }

/** A page that a link with a token opens. `address` is masked. */
type OfToken = OfNewsletter & { token: string; address: string }

type OfForm = OfNewsletter & { canonical: string }

/** A page of past digests. `isHidden`: search engines are to leave it; `feed` is a path. */
type OfArchive = OfForm & { isHidden: boolean; feed: string }

/** What was typed and what was wrong with it, where the form is shown again. */
export type FormState = {
	email: string
	started: string
	error?: ErrorBody
	/** What was chosen, where the form asks. */
	wish?: SignupWish | undefined
	language?: Locale | undefined
	givenName?: string | undefined
	/** The address that was probably meant. */
	meant?: string
	/** Where the form that was pasted on another site leads back to. */
	back?: string | undefined
	/** The page of that site to thank on. */
	thanks?: string | undefined
	/** Began on another site, and is sent on as soon as its challenge is solved. */
	atOnce?: boolean
}

/** What the form to subscribe asks for beside the address; empty where it does not. */
export type SignupQuestions = Pick<Preferences, 'topics' | 'newTopics' | 'digestLanguages' | 'givenName'>

/** The form to paste; `inFrame`: for systems that show it in a frame, where our pages can't be shown. */
type FormCode = { asks: SignupQuestions; inFrame?: boolean }
type Embedded = Record<'script' | 'stylesheet', EmbeddedFile>

type MailSummary = Pick<CapturedMail, 'id' | 'capturedAt'> & { subject: string; from: string; to: string }

/** How a confirmation link stands that has no button to confirm. */
type ConfirmAnswer = {
	standing: 'confirmed' | 'expired' | 'spent' | 'barred'
	confirmedNow: boolean
	/** What a new reader may begin with: the digest that went out last. */
	latest?: { path: string; day: string } | undefined
}

/** The form on the reason for leaving as it was filled, and what was wrong with it. */
type ReasonForm = {
	answer: { reason: string; comment: string }
	reasons: readonly string[]
	problem?: ErrorBody | undefined
}

type Complete<Data extends Record<PageName, object>> = Data

/** The data of each page: a page that is rendered with a wrong field, or without one, does not compile. */
export type PageData = Complete<
	ConsolePageData & {
		'operation/docs': { api: ApiDescription }
		'operation/mailbox': { mails: MailSummary[] }
		'operation/mailbox-mail': { mail: MailSummary }
		'server/error': PageFrame & { status: number; error: ErrorBody }
		'server/parts/form-code': FormCode & {
			site: Site
			embedded: Embedded
			/** The lines that it may do without. */
			with: { style: boolean; script: boolean }
		}
		'visitors/archive-list': OfArchive & {
			year: string
			rows: ArchiveRow[]
			years: Array<{ year: string; count: number; path: string; current: boolean }>
			next: string | null
		}
		'visitors/archive-page': OfArchive & { all: string; shown: ShownPage }
		'visitors/check-mail': OfNewsletter & { address: string; note: NoteOnMail; back?: SiteLink | null }
		'visitors/confirm': OfToken & { atOnce: boolean }
		'visitors/confirm-answer': OfToken & ConfirmAnswer & { preferences: string }
		'visitors/confirm-unknown': PageFrame
		'visitors/form-code': OfForm & FormCode & { embedded: Embedded }
		'visitors/home': { languages: LanguageLink[]; newsletters: Site[] }
		'visitors/leave': OfToken & { preferences: string }
		'visitors/leave-erased': PageFrame
		'visitors/leave-thanks': OfToken
		'visitors/leave-undone': OfToken
		'visitors/leave-unknown': PageFrame
		'visitors/left': OfToken & ReasonForm & { canUndo: boolean }
		'visitors/left-all': OfToken
		'visitors/lost-link': OfForm & { form: FormState; sent: { address: string; note: NoteOnMail } | null }
		'visitors/own-data': OfToken & { reader: Reader }
		'visitors/pause': OfToken & {
			first: string
			last: string
			until: string
			problem?: ErrorBody | undefined
		}
		'visitors/preferences': OfToken & Preferences
		'visitors/preferences-erased': PageFrame
		'visitors/preferences-left': OfToken
		'visitors/preferences-unknown': PageFrame
		'visitors/request': OfToken & {
			kind: RequestView['kind']
			standing: RequestView['standing']
			newAddress: string | null
		}
		'visitors/request-asked': OfToken & { kind: RequestKind; note: NoteOnMail }
		'visitors/subscribe': OfForm & {
			form: FormState
			asks: SignupQuestions
			archive: ArchiveFront | undefined
			/** Where the form finds its challenge; null where none is asked for. */
			challenge: string | null
			isHidden: boolean
		}
	}
>

/** Pages of no newsletter that their route knows: `FindFrame` finds whose look they get, and a language switch. */
export type FramedPageName =
	| 'visitors/confirm-unknown'
	| 'visitors/leave-erased'
	| 'visitors/leave-unknown'
	| 'visitors/preferences-erased'
	| 'visitors/preferences-unknown'
