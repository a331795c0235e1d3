import type { Route } from './route.ts'
import { type ApiKeysDeps, apiKeyRoutes } from './routes/api-keys.ts'
import { type BounceWebhooksDeps, bounceWebhookRoutes } from './routes/bounce-webhooks.ts'
import { type BouncesDeps, bounceRoutes } from './routes/bounces.ts'
import { type ConfirmRoutesDeps, confirmRoutes } from './routes/confirm.ts'
import { type DeliveriesDeps, deliveryRoutes } from './routes/deliveries.ts'
import { deliveriesExportRoutes } from './routes/deliveries-export.ts'
import { type DigestControlDeps, digestControlRoutes } from './routes/digest-control.ts'
import { type DigestEventsDeps, digestEventRoutes } from './routes/digest-events.ts'
import { type DigestMessageDeps, digestMessageRoutes } from './routes/digest-message.ts'
import { type DigestsDeps, digestRoutes } from './routes/digests.ts'
import { docsRoutes } from './routes/docs.ts'
import { type HealthDeps, healthRoutes } from './routes/health.ts'
import { type HomeDeps, homeRoutes } from './routes/home.ts'
import { type InstallationDeps, installationRoutes } from './routes/installation.ts'
import { type MailboxDeps, mailboxRoutes } from './routes/mailbox.ts'
import { type MetricsDeps, metricsRoutes } from './routes/metrics.ts'
import { missedDigestRoutes } from './routes/missed-digests.ts'
import { type NewslettersDeps, newsletterRoutes } from './routes/newsletters.ts'
import { type RelaysDeps, relayRoutes } from './routes/relays.ts'
import { type SourcesDeps, sourceRoutes } from './routes/sources.ts'
import { type StoriesDeps, storyRoutes } from './routes/stories.ts'
import { type SubscribeRoutesDeps, subscribeRoutes } from './routes/subscribe.ts'
import { type SuppressionsDeps, suppressionRoutes } from './routes/suppressions.ts'
import { themeRoutes } from './routes/theme.ts'
import { type UnsubscribeRoutesDeps, unsubscribeRoutes } from './routes/unsubscribe.ts'
import { type WebVersionDeps, webVersionRoutes } from './routes/web-version.ts'

export type RoutesDeps = HealthDeps &
	MetricsDeps &
	NewslettersDeps &
	SourcesDeps &
	StoriesDeps &
	DigestsDeps &
	DigestControlDeps &
	DigestEventsDeps &
	DigestMessageDeps &
	DeliveriesDeps &
	WebVersionDeps &
	ApiKeysDeps &
	BouncesDeps &
	SuppressionsDeps &
	BounceWebhooksDeps &
	InstallationDeps &
	RelaysDeps &
	HomeDeps &
	SubscribeRoutesDeps &
	ConfirmRoutesDeps &
	UnsubscribeRoutesDeps & {
		/** Captured mail, where no relay is set. */
		captured: MailboxDeps['captured'] | undefined
		config: { publicUrl: string }
		/** Of this Envoi, for the API document. */
		version: string
	}

/** Every route there is. The OpenAPI document is made of the same list. */
export function listRoutes(deps: RoutesDeps): Route[] {
	const { captured } = deps
	const routes: Route[] = [
		...homeRoutes(deps),
		...subscribeRoutes(deps),
		...confirmRoutes(deps),
		...unsubscribeRoutes(deps),
		...themeRoutes(),
		...webVersionRoutes(deps),
		...newsletterRoutes(deps),
		...sourceRoutes(deps),
		...storyRoutes(deps),
		...digestRoutes(deps),
		...digestControlRoutes(deps),
		...missedDigestRoutes(deps),
		...digestEventRoutes(deps),
		...digestMessageRoutes(deps),
		...deliveryRoutes(deps),
		...deliveriesExportRoutes(deps),
		...apiKeyRoutes(deps),
		...bounceRoutes(deps),
		...suppressionRoutes(deps),
		...bounceWebhookRoutes(deps),
		...installationRoutes(deps),
		...relayRoutes(deps),
		...healthRoutes(deps),
		...metricsRoutes(deps),
		...(captured ? mailboxRoutes({ captured }) : []),
		...docsRoutes({ routes: () => routes, publicUrl: deps.config.publicUrl, version: deps.version }),
	]
	return routes
}
