import { AppError, type FieldProblem } from '../../kernel/app-error.ts'
import type { FetchText } from '../../kernel/fetch-text.ts'
import type { WebhookProvider } from './provider.ts'
import { webhookProviders } from './registry.ts'

/** The webhooks that a secret was set for, by the provider's name, and how their certificates are read. */
export type Webhooks = {
	providers: ReadonlyMap<string, { provider: WebhookProvider; secret: string }>
	fetchText: FetchText
	/** As `fetchText`, once for each address: certificates are never changed under the same one. */
	fetchCertificate: FetchText
}

/**
 * Opens the webhooks of the providers whose secrets are given by name. Throws an AppError that says of every setting
 * that can't be used what is wrong with it.
 */
export function openWebhooks(secrets: Readonly<Record<string, string>>, fetchText: FetchText): Webhooks {
	const problems: FieldProblem[] = []
	const providers = new Map<string, { provider: WebhookProvider; secret: string }>()
	for (const [name, secret] of Object.entries(secrets)) {
		const provider = webhookProviders.find((candidate) => candidate.name === name)
		const problem = provider ? provider.findProblem(secret) : 'errors.webhook.setting.unknown'
		if (problem) problems.push({ field: settingOf(name), message: problem, params: { known: knownSettings } })
		else if (provider) providers.set(name, { provider, secret })
	}
	if (problems.length > 0) throw new AppError('invalid', 'errors.webhook.settings', { fields: problems })
	return { providers, fetchText, fetchCertificate: remembering(fetchText) }
}

const settingOf = (name: string) => `WEBHOOK_${name.toUpperCase()}_SECRET`
const knownSettings = webhookProviders.map(({ name }) => settingOf(name)).join(', ')

const mostRemembered = 20

function remembering(fetchText: FetchText): FetchText {
	const texts = new Map<string, string>()
	return async (url) => {
		const known = texts.get(url)
		if (known !== undefined) return known
		const text = await fetchText(url)
		const [oldest] = texts.keys()
		if (texts.size >= mostRemembered && oldest !== undefined) texts.delete(oldest)
		texts.set(url, text)
		return text
	}
}
