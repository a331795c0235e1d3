import { type BouncesDeps, bounceRoutes } from './api/bounces/routes.ts'
import { deliveriesExportRoutes } from './api/deliveries/deliveries-export.ts'
import { type DeliveriesDeps, deliveryRoutes } from './api/deliveries/routes.ts'
import { type DigestControlDeps, digestControlRoutes } from './api/digests/digest-control.ts'
import { type DigestEventsDeps, digestEventRoutes } from './api/digests/digest-events.ts'
import { type DigestMessageDeps, digestMessageRoutes } from './api/digests/digest-message.ts'
import { missedDigestRoutes } from './api/digests/missed-digests.ts'
import { type DigestsDeps, digestRoutes } from './api/digests/routes.ts'
import { exportRoutes } from './api/exports/routes.ts'
import { type ImportsDeps, importRoutes } from './api/imports/routes.ts'
import { type InstallationDeps, installationRoutes } from './api/installation/routes.ts'
import { type ApiKeysDeps, apiKeyRoutes } from './api/keys/routes.ts'
import { type NewslettersDeps, newsletterRoutes } from './api/newsletters/routes.ts'
import { leavingRoutes } from './api/readers/leaving-routes.ts'
import { type ReadersDeps, readerRoutes } from './api/readers/routes.ts'
import { tallyRoutes } from './api/readers/tally-routes.ts'
import { type RelaysDeps, relayRoutes } from './api/relays/routes.ts'
import { type RetentionDeps, retentionRoutes } from './api/retention/routes.ts'
import { type SourcesDeps, sourceRoutes } from './api/sources/routes.ts'
import { staffRoutes } from './api/staff/routes.ts'
import { type StoriesDeps, storyRoutes } from './api/stories/routes.ts'
import { type SuppressionsDeps, suppressionRoutes } from './api/suppressions/routes.ts'
import { type TopicsDeps, topicRoutes } from './api/topics/routes.ts'
import { type WebhookEndpointsDeps, webhookEndpointRoutes } from './api/webhooks/routes.ts'
import { type ConsoleDeps, consoleRoutes } from './console/list-console-routes.ts'
import { docsRoutes } from './operation/api-document/routes.ts'
import { type MailboxDeps, mailboxRoutes } from './operation/captured-mail.ts'
import { type HealthDeps, healthRoutes } from './operation/health.ts'
import { type MetricsDeps, metricsRoutes } from './operation/metrics.ts'
import type { Route } from './server/route.ts'
import { type ArchiveRoutesDeps, archiveRoutes } from './visitors/archive/routes.ts'
import { type ConfirmRoutesDeps, confirmRoutes } from './visitors/confirm.ts'
import { type HomeDeps, homeRoutes } from './visitors/home.ts'
import { logoRoutes } from './visitors/logo.ts'
import { lostLinkRoutes } from './visitors/lost-link.ts'
import { type PreferencesRoutesDeps, preferencesRoutes } from './visitors/preferences.ts'
import { type RequestRoutesDeps, requestRoutes } from './visitors/requests.ts'
import { subscribeRoutes } from './visitors/subscribe.ts'
import type { SubscribeRoutesDeps } from './visitors/subscribe-pages.ts'
import { themeRoutes } from './visitors/theme.ts'
import { type UnsubscribeRoutesDeps, unsubscribeRoutes } from './visitors/unsubscribe.ts'
import { type WebVersionDeps, webVersionRoutes } from './visitors/web-version.ts'
import { type BounceWebhooksDeps, bounceWebhookRoutes } from './webhooks/bounce-webhooks.ts'

export type RoutesDeps = HealthDeps &
	MetricsDeps &
	NewslettersDeps &
	TopicsDeps &
	SourcesDeps &
	StoriesDeps &
	DigestsDeps &
	DigestControlDeps &
	DigestEventsDeps &
	DigestMessageDeps &
	DeliveriesDeps &
	WebVersionDeps &
	ArchiveRoutesDeps &
	ReadersDeps &
	ImportsDeps &
	ApiKeysDeps &
	BouncesDeps &
	SuppressionsDeps &
	BounceWebhooksDeps &
	InstallationDeps &
	RelaysDeps &
	RetentionDeps &
	WebhookEndpointsDeps &
	ConsoleDeps &
	HomeDeps &
	SubscribeRoutesDeps &
	ConfirmRoutesDeps &
	PreferencesRoutesDeps &
	RequestRoutesDeps &
	UnsubscribeRoutesDeps & {
		/** Captured mail, where no relay is set. */
		captured: MailboxDeps['captured'] | undefined
		config: { publicUrl: string }
		/** Of this Envoi, for the API document. */
		version: string
	}

/** Every route there is. The OpenAPI document is made of the same list, but for the console. */
export function listRoutes(deps: RoutesDeps): Route[] {
	const { captured } = deps
	const routes: Route[] = [
		...homeRoutes(deps),
		...subscribeRoutes(deps),
		...lostLinkRoutes(deps),
		...confirmRoutes(deps),
		...preferencesRoutes(deps),
		...requestRoutes(deps),
		...unsubscribeRoutes(deps),
		...themeRoutes(),
		...logoRoutes(deps),
		...webVersionRoutes(deps),
		...archiveRoutes(deps),
		...newsletterRoutes(deps),
		...topicRoutes(deps),
		...sourceRoutes(deps),
		...storyRoutes(deps),
		...digestRoutes(deps),
		...digestControlRoutes(deps),
		...missedDigestRoutes(deps),
		...digestEventRoutes(deps),
		...digestMessageRoutes(deps),
		...deliveryRoutes(deps),
		...deliveriesExportRoutes(deps),
		...readerRoutes(deps),
		...tallyRoutes(deps),
		...leavingRoutes(deps),
		...importRoutes(deps),
		...exportRoutes(deps),
		...apiKeyRoutes(deps),
		...bounceRoutes(deps),
		...suppressionRoutes(deps),
		...bounceWebhookRoutes(deps),
		...installationRoutes(deps),
		...relayRoutes(deps),
		...retentionRoutes(deps),
		...webhookEndpointRoutes(deps),
		...staffRoutes(deps),
		...consoleRoutes(deps),
		...healthRoutes(deps),
		...metricsRoutes(deps),
		...(captured ? mailboxRoutes({ captured }) : []),
		...docsRoutes({ routes: () => routes, publicUrl: deps.config.publicUrl, version: deps.version }),
	]
	return routes
}
