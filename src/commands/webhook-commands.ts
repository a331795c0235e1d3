import type { Command } from 'commander'
import type { WebhookEndpointAnswer, WebhookMessagesAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { readId } from './read-argument.ts'
import { describeHold } from './resume-command.ts'

type Options = {
	json?: boolean
	event?: string[]
	newsletter?: string[]
	url?: string
	withAddress?: boolean
	on?: boolean
	off?: boolean
}

/** `envoi webhook add|list|change|secret|log|replay|remove`: other programs that are told of what happens. */
export function addWebhookCommands(group: Command, context: CommandContext): void {
	addMaking(group, context)
	addList(group, context)
	addEnding(group, context)
	addLog(group, context)
}

/** What an endpoint is told, as `add` and `change` take it. */
function withOptions(command: Command, t: CommandContext['t']): Command {
	return command
		.option('--event <event...>', t('webhook.option.event'))
		.option('--newsletter <slug...>', t('webhook.option.newsletter'))
		.option('--with-address', t('webhook.option.with_address'))
}

function bodyOf({ event, newsletter, withAddress }: Options): object {
	return {
		...(event && { events: event }),
		...(newsletter && { newsletters: newsletter }),
		...(withAddress !== undefined && { withAddress }),
	}
}

type WithSecret = WebhookEndpointAnswer & { secret: string }

function showSecret(json: WithSecret, t: CommandContext['t'], key: string) {
	return { json, text: `${t(key, { id: json.id })}\n\n  ${json.secret}\n\n${t('webhook.secret_once')}` }
}

function addMaking(group: Command, { t, add, run }: CommandContext): void {
	withOptions(add(group, 'add <url>'), t).action((url: string, options: Options) =>
		run(options, async (api) => {
			const made = await api.post<WithSecret>('/webhook-endpoints', { url, ...bodyOf(options) })
			return showSecret(made, t, 'webhook.added')
		}),
	)
	withOptions(add(group, 'change <id>'), t)
		.option('--no-with-address', t('webhook.option.no_address'))
		.option('--url <url>', t('webhook.option.url'))
		.option('--on', t('webhook.option.on'))
		.option('--off', t('webhook.option.off'))
		.action((id: string, options: Options) =>
			run(options, async (api) => {
				const changes = {
					...bodyOf(options),
					...(options.url !== undefined && { url: options.url }),
					...((options.on || options.off) && { disabled: options.off === true }),
				}
				const json = await api.patch<WebhookEndpointAnswer>(`/webhook-endpoints/${readId(id, t)}`, changes)
				return { json, text: t('webhook.changed', { id }) }
			}),
		)
}

function addList(group: Command, { t, add, run, suggest, table }: CommandContext): void {
	add(group, 'list').action((options: Options) =>
		run(options, async (api) => {
			const json = await api.get<{ items: WebhookEndpointAnswer[] }>('/webhook-endpoints')
			if (json.items.length === 0) {
				const how = 'webhook add https://crm.example.org/envoi --event subscriber.left'
				return { json, text: `${t('webhook.none')}\n${suggest(how)}` }
			}
			const rows = json.items.map((each) => [
				String(each.id),
				each.url,
				each.events.join(', '),
				each.newsletters?.join(', ') ?? t('webhook.all'),
				t(`webhook.standing.${each.disabledWhy ?? (each.failingSince ? 'troubled' : 'on')}`),
			])
			return { json, text: table(['id', 'url', 'events', 'newsletters', 'state'], rows) }
		}),
	)
}

function addEnding(group: Command, { t, add, run }: CommandContext): void {
	add(group, 'secret <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			const path = `/webhook-endpoints/${readId(id, t)}/secret`
			return showSecret(await api.post<WithSecret>(path, {}), t, 'webhook.renewed')
		}),
	)
	add(group, 'remove <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			await api.remove(`/webhook-endpoints/${readId(id, t)}`)
			return { json: { id: Number(id) }, text: t('webhook.removed', { id }) }
		}),
	)
}

function addLog(group: Command, context: CommandContext): void {
	const { t, add, run, table } = context
	add(group, 'log <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.get<WebhookMessagesAnswer>(`/webhook-endpoints/${readId(id, t)}/messages`)
			if (json.items.length === 0) return { json, text: t('webhook.nothing_told') }
			const rows = json.items.map((message) => {
				const [last] = message.tries
				return [
					String(message.id),
					message.happenedAt.slice(0, 16).replace('T', ' '),
					message.event,
					t(`webhook.state.${message.state}`),
					String(last?.status ?? (last?.problem ? t(`webhook.problem.${last.problem}`) : '')),
					String(message.attempts),
				]
			})
			const shown = table(['id', 'happened', 'event', 'state', 'answer', 'tries'], rows)
			return { json, text: [...(await describeHold(api, context)), shown].join('\n') }
		}),
	)
	add(group, 'replay <id> <message>').action((id: string, message: string, options: Options) =>
		run(options, async (api) => {
			const path = `/webhook-endpoints/${readId(id, t)}/messages/${readId(message, t)}/replay`
			await api.post(path, {})
			const held = await describeHold(api, context)
			const key = held.length > 0 ? 'webhook.replayed_held' : 'webhook.replayed'
			return { json: { id: Number(message) }, text: [t(key, { id: message }), ...held].join('\n') }
		}),
	)
}
