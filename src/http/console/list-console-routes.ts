import type { Route } from '../server/route.ts'
import { type AccountDeps, accountRoutes } from './account/routes.ts'
import { type AlertPagesDeps, alertPageRoutes } from './alerts/routes.ts'
import { type AuditPageDeps, auditPageRoutes } from './audit/routes.ts'
import { type DigestPagesDeps, digestPageRoutes } from './digests/routes.ts'
import { type ApproveDeps, approveRoutes } from './drafts/approve-routes.ts'
import { type CheckRoutesDeps, checkRoutes } from './drafts/check-routes.ts'
import { earlierRoutes } from './drafts/earlier-routes.ts'
import { type HoldDeps, holdRoutes } from './drafts/hold-routes.ts'
import { type PrepareDeps, prepareRoutes } from './drafts/prepare-routes.ts'
import { presenceRoutes } from './drafts/presence-routes.ts'
import { type PreviewDeps, previewRoutes } from './drafts/preview-routes.ts'
import { versionRoutes } from './drafts/version-routes.ts'
import { type ExportPageDeps, exportPageRoutes } from './exports/routes.ts'
import { helpRoutes } from './help/routes.ts'
import { type HomePageDeps, homePageRoutes } from './home/routes.ts'
import { type ImportPagesDeps, importPageRoutes } from './imports/routes.ts'
import { leadBackRoutes } from './lead-back-routes.ts'
import { type LookPageDeps, lookPageRoutes } from './look/routes.ts'
import { type PeopleDeps, peopleRoutes } from './people/routes.ts'
import { type ReadersPageDeps, readerPageRoutes } from './readers/routes.ts'
import { type ReturnedPagesDeps, returnedPageRoutes } from './returned/routes.ts'
import { type SenderPageDeps, senderPageRoutes } from './sender/routes.ts'
import { formRoutes } from './settings/form-routes.ts'
import { type KeyPagesDeps, keyRoutes } from './settings/key-routes.ts'
import { type SettingsDeps, settingsRoutes } from './settings/routes.ts'
import { topicRoutes } from './settings/topic-routes.ts'
import { type SignInRoutesDeps, signInRoutes } from './sign-in/routes.ts'
import { type SourcePagesDeps, sourcePageRoutes } from './sources/routes.ts'
import { type SuppressionPagesDeps, suppressionPageRoutes } from './suppressions/routes.ts'
import type { SystemPageDeps } from './system/describe-system.ts'
import { systemPageRoutes } from './system/routes.ts'
import { type TestListDeps, testListRoutes } from './test-lists/routes.ts'
import { type WebhookPagesDeps, webhookPageRoutes } from './webhooks/routes.ts'

export type ConsoleDeps = SignInRoutesDeps &
	AccountDeps &
	HomePageDeps &
	AlertPagesDeps &
	PrepareDeps &
	PreviewDeps &
	CheckRoutesDeps &
	HoldDeps &
	ApproveDeps &
	TestListDeps &
	DigestPagesDeps &
	SourcePagesDeps &
	SettingsDeps &
	KeyPagesDeps &
	WebhookPagesDeps &
	SystemPageDeps &
	LookPageDeps &
	SenderPageDeps &
	ReadersPageDeps &
	ImportPagesDeps &
	ExportPageDeps &
	ReturnedPagesDeps &
	SuppressionPagesDeps &
	PeopleDeps &
	AuditPageDeps

/** Every page of the staff console. */
export function consoleRoutes(deps: ConsoleDeps): Route[] {
	const routes = [
		...signInRoutes(deps),
		...accountRoutes(deps),
		...homePageRoutes(deps),
		...alertPageRoutes(deps),
		...prepareRoutes(deps),
		...earlierRoutes(deps),
		...versionRoutes(deps),
		...presenceRoutes(deps),
		...previewRoutes(deps),
		...checkRoutes(deps),
		...holdRoutes(deps),
		...approveRoutes(deps),
		...testListRoutes(deps),
		...digestPageRoutes(deps),
		...sourcePageRoutes(deps),
		...settingsRoutes(deps),
		...topicRoutes(deps),
		...systemPageRoutes(deps),
		...lookPageRoutes(deps),
		...senderPageRoutes(deps),
		...formRoutes(deps),
		...readerPageRoutes(deps),
		...importPageRoutes(deps),
		...exportPageRoutes(deps),
		...returnedPageRoutes(deps),
		...suppressionPageRoutes(deps),
		...peopleRoutes(deps),
		...helpRoutes(deps),
		...keyRoutes(deps),
		...webhookPageRoutes(deps),
		...auditPageRoutes(deps),
	]
	return [...routes, ...leadBackRoutes(routes)]
}
