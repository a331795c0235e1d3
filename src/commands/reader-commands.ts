import type { Command } from 'commander'
import type {
	DigestForReaderAnswer,
	ErasureAnswer,
	FoundReaderAnswer,
	FoundReadersAnswer,
	ReaderAnswer,
} from '../http/api/index.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { describeDigestOf, describeReader } from './describe-reader.ts'
import { readId } from './read-argument.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = {
	json?: boolean
	digest?: string
	newsletter?: string
	yes?: boolean
	language?: string
	topic?: string[]
	newTopics?: boolean
	untranslated?: string
	rhythm?: string
	pauseUntil?: string
	givenName?: string
}

/** `envoi reader find|show|unsubscribe|export|erase`: persons, by their address. */
export function addReaderCommands(group: Command, context: CommandContext): void {
	addFind(group, context)
	addShow(group, context)
	addChange(group, context)
	addUnsubscribe(group, context)
	addExport(group, context)
	addErase(group, context)
}

function addFind(group: Command, { t, add, run, table }: CommandContext): void {
	add(group, 'find <address>').action((address: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.post<FoundReadersAnswer>('/readers/find', { address })
			if (json.items.length === 0) return { json, text: t('reader.none', { address }) }
			const rows = json.items.map((found) => [
				found.address,
				found.since.slice(0, 10),
				found.subscriptions.map((each) => describeSubscription(each, t)).join(', '),
			])
			const more = json.more ? `\n${t('reader.more')}` : ''
			return { json, text: table(['address', 'since', 'subscriptions'], rows) + more }
		}),
	)
}

function describeSubscription(
	{ newsletter, state, locale }: FoundReaderAnswer['subscriptions'][number],
	t: CommandContext['t'],
): string {
	return `${newsletter} (${locale}, ${t(`reader.state.${state}`)})`
}

function addShow(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	add(group, 'show <address>')
		.option('--digest <id>', t('reader.option.digest'))
		.action((address: string, options: Options) =>
			run(options, async (api) => {
				const digestId = options.digest === undefined ? undefined : readId(options.digest, t)
				const { id } = await findOne(api, address)
				if (digestId === undefined) {
					const json = await api.get<ReaderAnswer>(`/readers/${id}`)
					return { json, text: describeReader(json, context) }
				}
				const json = await api.get<DigestForReaderAnswer>(`/readers/${id}/digests/${digestId}`)
				return { json, text: describeDigestOf(json, context) }
			}),
		)
}

function addChange(group: Command, { t, add, run }: CommandContext): void {
	add(group, 'change <address>')
		.requiredOption('--newsletter <slug>', t('reader.option.newsletter'))
		.option('--language <locale>', t('reader.option.language'))
		.option('--topic <slug...>', t('reader.option.topic'))
		.option('--new-topics', t('reader.option.new_topics'))
		.option('--untranslated <what>', t('reader.option.untranslated'))
		.option('--rhythm <rhythm>', t('reader.option.rhythm'))
		.option('--given-name <name>', t('reader.option.given_name'))
		.option('--pause-until <day>', t('reader.option.pause_until'))
		.action((address: string, options: Options) =>
			run(options, async (api) => {
				const { id } = await findOne(api, address)
				const path = `/readers/${id}/subscriptions/${encodeURIComponent(options.newsletter ?? '')}`
				const json = await api.patch<{ changed: boolean }>(path, readChanges(options))
				return { json, text: t(json.changed ? 'reader.changed' : 'reader.changed_nothing') }
			}),
		)
}

function readChanges(options: Options) {
	const { language, topic, newTopics, untranslated, rhythm, givenName, pauseUntil } = options
	const until = pauseUntil === '' ? null : pauseUntil && `${pauseUntil}T00:00:00Z`
	return { locale: language, topics: topic, newTopics, untranslated, rhythm, givenName, pausedUntil: until }
}

function addUnsubscribe(group: Command, { t, add, run }: CommandContext): void {
	add(group, 'unsubscribe <address>')
		.option('--newsletter <slug>', t('reader.option.newsletter'))
		.action((address: string, options: Options) =>
			run(options, async (api) => {
				const { id } = await findOne(api, address)
				const { newsletter } = options
				const json = await api.post<{ left: string[] }>(`/readers/${id}/unsubscribe`, { newsletter })
				const newsletters = json.left.join(', ')
				const text = newsletters === '' ? t('reader.left_nothing') : t('reader.left', { newsletters })
				return { json, text }
			}),
		)
}

function addExport(group: Command, { add, run }: CommandContext): void {
	add(group, 'export <address>').action((address: string, options: Options) =>
		run(options, async (api) => {
			const { id } = await findOne(api, address)
			const json = await api.get<ReaderAnswer>(`/readers/${id}/export`)
			return { json, text: JSON.stringify(json, null, '\t') }
		}),
	)
}

function addErase(group: Command, { t, add, run, table }: CommandContext): void {
	add(group, 'erase <address>')
		.option('--yes', t('reader.option.yes'))
		.action((address: string, options: Options) =>
			run(options, async (api) => {
				if (!options.yes) throw new UsageError(t('reader.say_yes', { address }))
				const json = await api.post<ErasureAnswer>('/readers/erase', { address })
				const rows = Object.entries(json.erased).map(([kind, count]) => [
					t(`reader.erased_kind.${kind}`),
					String(count),
				])
				const done = t(json.known ? 'reader.erased' : 'reader.erased_unknown')
				return { json, text: `${done}\n\n${table(['what', 'number'], rows)}` }
			}),
		)
}

async function findOne(api: StaffApi, address: string): Promise<FoundReaderAnswer> {
	const { items } = await api.post<FoundReadersAnswer>('/readers/find', { address, exact: true })
	const [found] = items
	if (!found) throw new Error('the API found nobody and did not say so')
	return found
}
