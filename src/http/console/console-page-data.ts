import type { UnreadReports } from '../../bounces/index.ts'
import type { ResendState, Resent } from '../../deliveries/index.ts'
import type { ArchiveWords, Digest } from '../../digests/index.ts'
import type { DataSetName } from '../../kernel/data-set-names.ts'
import type {
	BounceClass,
	SignupQuestion,
	SuppressionReason,
	WebhookEvent,
} from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { OccasionKind } from '../../kernel/occasions.ts'
import type { Permission } from '../../kernel/permissions.ts'
import type { Role } from '../../kernel/roles.ts'
import type { StaffLinkKind } from '../../kernel/tables/staff.ts'
import type { Newsletter, Topic } from '../../newsletters/index.ts'
import type { KeptData } from '../../retention/index.ts'
import type { ApiKey, StaffMember, StaffSession } from '../../staff/index.ts'
import type { Source } from '../../stories/index.ts'
import type { ImportRecord } from '../../subscriptions/index.ts'
import type { Suppression } from '../../suppressions/index.ts'
import type { LoggedMessage, WebhookEndpoint } from '../../webhooks/index.ts'
import type { TableFormat } from '../api/exports/write-table.ts'
import type { ErrorBody } from '../server/answer-error.ts'
import type { LanguageLink, Site } from '../visitors/describe-newsletter.ts'
import type { describeQuestions } from '../visitors/describe-questions.ts'
import type { EmbeddedFile } from '../visitors/embedded-files.ts'
import type { AlertsView } from './alerts/describe-alerts.ts'
import type { AlertOutcome } from './alerts/routes.ts'
import type { AuditView } from './audit/describe-audit.ts'
import type { ConsoleFrame } from './describe-frame.ts'
import type { DigestView } from './digests/describe-digest.ts'
import type { DraftPageData } from './drafts/draft-page-data.ts'
import type { HomeView } from './home/describe-home.ts'
import type { Setup } from './home/describe-setup.ts'
import type { ImportColumns, ImportResult } from './imports/describe-import.ts'
import type { ChoicesForm } from './readers/choices-routes.ts'
import type { ReaderView } from './readers/describe-reader.ts'
import type { ReadersView } from './readers/describe-readers.ts'
import type { Search } from './readers/routes.ts'
import type { ReturnedRow } from './returned/describe-returned.ts'
import type { ReturnedFilters } from './returned/routes.ts'
import type { SenderView } from './sender/describe-sender.ts'
import type { NewsletterFields } from './settings/newsletter-fields.ts'
import type { ScheduleFields } from './settings/schedule-fields.ts'
import type { LookedAt } from './sources/look-at-address.ts'
import type { Speech } from './speak-times.ts'
import type { SuppressedRow } from './suppressions/routes.ts'
import type { SystemView } from './system/describe-system.ts'

/** Pages that nobody is signed in on yet. */
type Outside = { frame: null; languages: LanguageLink[] }

/** Pages of who is signed in. */
type Inside = { frame: ConsoleFrame }

/** Pages that are one of the first steps. */
type InSetup = { setup: Setup | null }

type SignupAsks = Awaited<ReturnType<typeof describeQuestions>>

type Spoken = Array<{ locale: Locale; name: string }>

type Problem = { error?: ErrorBody | undefined }

export type WelcomeForm = Problem & { name: string; email: string }

/** A member as the page of people shows them. */
export type PersonRow = StaffMember & { newsletters: string[] | null; isSelf: boolean }

export type CodesOffer = { secret: string; path: string; size: number; uri: string; sealed: string }

/** Made just now, and shown this once; `isFirst`: the one of their first invitation. */
export type LinkToHandOver = { name: string; link: string; days: number; isFirst: boolean }

/** What a digest's page asks about before it is done; `again`: what sending again comes to. */
type AskedOfDigest = { ask: 'cancel' | ResendState | null; again: Resent | null }

/** An endpoint as it was typed, with what it can be told and whose events; `newsletters` are slugs. */
type WebhookForm = Problem & {
	typed: { url: string; events: string[]; newsletters: string[]; withAddress: boolean }
	events: readonly WebhookEvent[]
	newsletters: string[]
}

/** The data of each page of the console. */
export type ConsolePageData = DraftPageData & {
	'console/account': Inside & {
		email: string
		sessions: Array<StaffSession & { current: boolean; browser: string; seen: string }>
		recoveryCodesLeft: number | null
		mails: Array<{ kind: OccasionKind; chosen: boolean }>
		saved: string | null
		form: Problem & { part: string | null }
	}
	'console/alerts': Inside & AlertsView & Problem & { done: AlertOutcome | null }
	'console/audit': Inside & AuditView & { wanted: { who: string; subject: string } }
	'console/codes': Inside & { offer: CodesOffer; form: Problem }
	'console/codes-made': Inside & { codes: string[] }
	'console/digests': Inside & {
		say: Speech
		slug: string
		digests: Array<Digest & { subject: string }>
		before: number | null
		mayPrepare: boolean
	}
	'console/error': { frame: null; status: number; error: ErrorBody }
	'console/forgotten': Outside & { form: Problem & { email: string; sent: boolean } }
	'console/forms': Inside &
		InSetup & {
			slug: string
			questions: readonly SignupQuestion[]
			typed: { asks: string[]; welcome: boolean; sites: string; thanks: Record<string, string> }
			/** `name`: of the language in itself; `spoken`: in that of who looks. */
			forms: Array<{
				locale: Locale
				name: string
				spoken: string
				path: string
				site: Site
				asks: SignupAsks
			}>
			embedded: Record<'script' | 'stylesheet', EmbeddedFile>
			saved: boolean
			error: ErrorBody | undefined
		}
	'console/help': Inside & { chapters: Array<{ id: string; title: string; html: string }> }
	'console/home': Inside & InSetup & HomeView
	'console/import-columns': Inside & ImportColumns
	'console/import-result': Inside & ImportResult
	'console/import-running': Inside & {
		say: Speech
		found: ImportRecord
		/** It asks nobody, as sending is held. */
		waits: boolean
		mayUndo: boolean
	}
	'console/export': Inside & {
		slug: string
		tables: readonly DataSetName[]
		formats: readonly TableFormat[]
	}
	'console/imports': Inside &
		Problem & {
			say: Speech
			slug: string
			imports: ImportRecord[]
			next: string | null
			mayImport: boolean
			megabytes: number
		}
	'console/keys': Inside &
		Problem & {
			say: Speech
			keys: ApiKey[]
			permissions: readonly Permission[]
			made: { name: string; key: string } | null
			name: string
			scopes: Permission[]
		}
	'console/look': Inside &
		InSetup &
		Problem & {
			slug: string
			name: string
			colour: string
			logo: Newsletter['logo']
			logoUrl: string | null
			spoken: Spoken
			saved: boolean
		}
	'console/newsletter-new': Inside & Problem & { spoken: Spoken; fields: NewsletterFields }
	'console/newsletter-settings': Inside &
		InSetup &
		Problem & { slug: string; spoken: Spoken; fields: NewsletterFields; saved: boolean }
	'console/people': Inside & {
		people: PersonRow[]
		newsletters: Array<{ slug: string; name: string }>
		roles: readonly Role[]
		spoken: Array<{ locale: Locale; name: string }>
		link: LinkToHandOver | null
		mailed: boolean
		form: Problem & { name: string; email: string; role: Role; newsletters: string[]; locale: Locale }
	}
	'console/reader': Inside & ReaderView & { left: boolean; changed: 'yes' | 'no' | null }
	'console/reader-choices': Inside & ChoicesForm
	'console/readers': Inside &
		ReadersView & {
			name: string
			search: Search
			erased: boolean
		}
	'console/archive-page': Inside &
		Problem & {
			say: Speech
			digest: Digest
			of: Locale
			words: ArchiveWords
			correctedAt: Date | null
			saved: boolean
		}
	'console/webhook': Inside &
		WebhookForm & {
			say: Speech
			endpoint: WebhookEndpoint
			messages: LoggedMessage[]
			/** Shown once. */
			secret: string | null
			saved: boolean
			before: number | null
		}
	'console/webhooks': Inside & WebhookForm & { say: Speech; endpoints: WebhookEndpoint[] }
	'console/report': Inside & DigestView & AskedOfDigest
	'console/retention': Inside & { say: Speech; kept: KeptData[] }
	'console/returned': Inside &
		Problem & {
			say: Speech
			slug: string
			filters: ReturnedFilters
			classes: readonly BounceClass[]
			/** Null where the filters could not be understood. */
			rows: ReturnedRow[] | null
			next: string | null
			mayReadReports: boolean
		}
	'console/schedule': Inside &
		Problem & {
			slug: string
			fields: ScheduleFields
			zones: string[]
			inWords: string | null
			saved: boolean
		}
	'console/sender': Inside &
		InSetup &
		Problem &
		SenderView & { saved: boolean; relayError: ErrorBody | undefined }
	'console/sending': Inside & DigestView & AskedOfDigest
	'console/sign-in': Outside & {
		form: Problem & { email: string; to: string }
		openId: { name: string; path: string } | null
	}
	'console/sign-in-code': Outside & { form: Problem & { to: string } }
	'console/sources': Inside &
		InSetup &
		Problem & {
			say: Speech
			slug: string
			sources: Array<Source & { language: string; trouble: string | null }>
			languages: Spoken
			looked: LookedAt | null
			url: string
			mayChange: boolean
		}
	'console/start': Inside & { mayCreate: boolean }
	'console/suppressions': Inside &
		Problem & {
			say: Speech
			reasons: readonly SuppressionReason[]
			filters: { kind: string; of: string }
			rows: SuppressedRow[]
			next: string | null
			/** The address that was looked for. */
			looked:
				| (Pick<SuppressedRow, 'addressHash' | 'person'> & { suppression: Suppression | undefined })
				| null
			why: string
			address: string
			lifted: boolean
			mayLift: boolean
		}
	'console/system': Inside & SystemView
	'console/test-lists': Inside &
		Problem & {
			slug: string
			forms: Array<Problem & { list: number; name: string; addresses: string }>
		}
	'console/topics': Inside &
		Problem & {
			slug: string
			languages: Spoken
			offered: Topic[]
			archived: Topic[]
			edit: string | null
			typed: Record<string, string>
		}
	'console/unmatched': Inside & {
		say: Speech
		reports: UnreadReports
		rows: Array<Pick<ReturnedRow, 'id' | 'occurredAt' | 'domain' | 'meaning' | 'words' | 'hasReport'>>
		next: string | null
	}
	'console/welcome': Outside & {
		token: string
		kind: StaffLinkKind
		email: string | null
		form: WelcomeForm
	}
	'console/welcome-gone': Outside
}
