import type { Command } from 'commander'
import type { ApiKeyAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { readId } from './read-argument.ts'

type Options = { json?: boolean; scope?: string[] }

/** `envoi key create|list|revoke`: what other programs call the staff API with. */
export function addKeyCommands(group: Command, { t, add, run, suggest, table }: CommandContext): void {
	add(group, 'create <name>')
		.option('--scope <scope...>', t('key.option.scope'))
		.action((name: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.post<ApiKeyAnswer & { key: string }>('/api-keys', {
					name,
					scopes: options.scope,
				})
				const text = `${t('key.created', { id: json.id, name })}\n\n  ${json.key}\n\n${t('key.use')}`
				return { json, text }
			}),
		)

	add(group, 'list').action((options: Options) =>
		run(options, async (api) => {
			const json = await api.get<{ items: ApiKeyAnswer[] }>('/api-keys')
			if (json.items.length === 0)
				return { json, text: `${t('key.none')}\n${suggest('key create website --scope newsletters.read')}` }
			const rows = json.items.map((key) => toRow(key, t))
			return { json, text: table(['id', 'name', 'scopes', 'created', 'state'], rows) }
		}),
	)

	add(group, 'revoke <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			await api.remove(`/api-keys/${readId(id, t)}`)
			return { json: { id: Number(id) }, text: t('key.revoked', { id }) }
		}),
	)
}

function toRow(key: ApiKeyAnswer, t: CommandContext['t']): string[] {
	const state = key.revokedAt
		? t('key.state.revoked', { day: key.revokedAt.slice(0, 10) })
		: key.lastUsedAt
			? t('key.state.used', { day: key.lastUsedAt.slice(0, 10) })
			: t('key.state.unused')
	return [String(key.id), key.name, key.scopes?.join(', ') ?? t('key.all'), key.createdAt.slice(0, 10), state]
}
