export { failingDays, mostAttempts } from './decide-retry.ts'
export { type DeliverDeps, deliverWebhooks } from './deliver-webhooks.ts'
export type { WebhookEndpoint } from './endpoint.ts'
export {
	type WebhookEndpointChanges,
	type WebhookEndpointInput,
	webhookEndpointChanges,
	webhookEndpointInput,
} from './endpoint-input.ts'
export {
	changeWebhookEndpoint,
	createWebhookEndpoint,
	type EndpointsDeps,
	formerSecretDays,
	getWebhookEndpoint,
	listWebhookEndpoints,
	removeWebhookEndpoint,
	rotateWebhookSecret,
} from './manage-endpoints.ts'
export {
	listWebhookMessages,
	pruneWebhooks,
	type ReplayDeps,
	replayWebhook,
	webhookLogDays,
} from './messages.ts'
export { reconcileWebhooks } from './reconcile-webhooks.ts'
export type { LoggedMessage } from './store/messages.ts'
