import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { NewsletterAnswer, SourceAnswer, StoryAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { minute } from './print.ts'
import { readId, readNumber } from './read-argument.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = {
	json?: boolean
	locale?: string
	topic?: string[]
	/** False: none. */
	topics?: boolean
	includeLatest?: string
	url?: string
	state?: string
}

const pollWithinMs = 60_000

/** `envoi source add|list|change|remove|poll`: the feeds that a newsletter takes its stories from. */
export function addSourceCommands(group: Command, context: CommandContext): void {
	const { t, add, run, suggest, table } = context

	add(group, 'add <slug> <url>')
		.option('--locale <locale>', t('source.option.locale'))
		.option('--topic <topic...>', t('source.option.topic'))
		.option('--include-latest <number>', t('source.option.include_latest'))
		.action((slug: string, url: string, options: Options) =>
			run(options, async (api) => {
				const body = {
					url,
					locale: options.locale ?? (await defaultLocaleOf(api, slug)),
					topics: options.topic,
					includeLatest: readNumber(options.includeLatest, '--include-latest', t),
				}
				const { id } = await api.post<SourceAnswer>(`${pathOf(slug)}/sources`, body)
				const json = await poll(api, slug, id, null)
				const counts = await countStories(api, slug, id)
				const text = [describe(json, counts, context), ...nextSteps(slug, json, counts, context)].join('\n')
				return { json, text }
			}),
		)

	add(group, 'list <slug>').action((slug: string, options: Options) =>
		run(options, async (api) => {
			const json = await listSources(api, slug)
			const rows = json.items.map((each) => toRow(each, context))
			if (rows.length > 0) {
				return { json, text: table(['id', 'language', 'state', 'read', 'address', 'problem'], rows) }
			}
			return {
				json,
				text: `${t('source.none')}\n${suggest(`source add ${slug} https://example.org/feed.xml`)}`,
			}
		}),
	)

	addChange(group, context)

	add(group, 'remove <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			await api.remove(`/sources/${readId(id, t)}`)
			return { json: { id: Number(id) }, text: t('source.removed', { id }) }
		}),
	)

	add(group, 'poll <slug>').action((slug: string, options: Options) =>
		run(options, async (api) => {
			const { items } = await listSources(api, slug)
			const texts: string[] = []
			for (const { id, lastPolledAt, state } of items) {
				if (state !== 'active') continue
				await api.post(`/sources/${id}/poll`)
				const polled = await poll(api, slug, id, lastPolledAt)
				texts.push(describe(polled, await countStories(api, slug, id), context))
			}
			return { json: await listSources(api, slug), text: texts.join('\n') || t('source.none') }
		}),
	)
}

function addChange(group: Command, context: CommandContext): void {
	const { t, add, run, table } = context
	const columns = ['id', 'language', 'state', 'read', 'topic', 'address']
	add(group, 'change <id>')
		.option('--url <url>', t('source.option.url'))
		.option('--locale <locale>', t('source.option.locale_of_stories'))
		.option('--topic <topic...>', t('source.option.topic'))
		.option('--no-topics', t('source.option.no_topics'))
		.option('--include-latest <number>', t('source.option.include_latest'))
		.option('--state <state>', t('source.option.state'))
		.action((id: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.patch<SourceAnswer>(`/sources/${readId(id, t)}`, {
					url: options.url,
					locale: options.locale,
					topics: options.topics === false ? [] : options.topic,
					includeLatest: readNumber(options.includeLatest, '--include-latest', t),
					state: options.state,
				})
				const [number = '', language = '', state = '', polled = '', address = ''] = toRow(json, context)
				const row = [number, language, state, polled, json.topics.join(', '), address]
				return { json, text: table(columns, [row]) }
			}),
		)
}

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

const listSources = (api: StaffApi, slug: string) =>
	api.get<{ items: SourceAnswer[] }>(`${pathOf(slug)}/sources`)

async function defaultLocaleOf(api: StaffApi, slug: string): Promise<string> {
	return (await api.get<NewsletterAnswer>(pathOf(slug))).defaultLocale
}

/** Waits until a source has been polled after `before`; gives it as it is then, or as it is where that takes too long. */
async function poll(api: StaffApi, slug: string, id: number, before: string | null): Promise<SourceAnswer> {
	await api.pollHere?.(id)
	const giveUpAt = Date.now() + pollWithinMs
	for (;;) {
		const source = (await listSources(api, slug)).items.find((each) => each.id === id)
		if (source && (source.lastPolledAt !== before || Date.now() > giveUpAt)) return source
		await wait(200)
	}
}

type Counts = Record<StoryAnswer['state'], number>

/** The stories of a source by state, among the newest of the newsletter. */
async function countStories(api: StaffApi, slug: string, sourceId: number): Promise<Counts> {
	const counts: Counts = { new: 0, mailed: 0, backlog: 0, hidden: 0 }
	const { items } = await api.get<{ items: StoryAnswer[] }>(`${pathOf(slug)}/stories`, { limit: 100 })
	for (const story of items.filter((each) => each.sourceId === sourceId)) counts[story.state] += 1
	return counts
}

function describe(source: SourceAnswer, counts: Counts, { t, text }: CommandContext): string {
	const head = `${source.id}  ${source.url} (${source.locale})`
	if (source.problem) return `${head}\n   ${problemOf(source, text)}`
	if (!source.lastPolledAt) return `${head}\n   ${t('source.queued')}`
	const unread = source.unreadDate ? `\n   ${t('source.unread_dates', { date: source.unreadDate })}` : ''
	return `${head}\n   ${t('source.read', counts)}${unread}`
}

function nextSteps(
	slug: string,
	source: SourceAnswer,
	counts: Counts,
	{ t, suggest }: CommandContext,
): string[] {
	if (source.problem) return ['', t('source.kept'), suggest(`source remove ${source.id}`)]
	if (counts.new > 0) return ['', t('source.next_preview'), suggest(`digest preview ${slug}`)]
	return counts.backlog > 0 ? ['', t('source.next_release'), suggest(`story list ${slug}`)] : []
}

/** Why a source could not be read, with the technical word: the HTTP status, the code of the error. */
function problemOf({ problem, problemDetail }: SourceAnswer, text: CommandContext['text']): string {
	const sentence = text(`errors.feed.${problem}`)
	return problemDetail ? `${sentence} (${problemDetail})` : sentence
}

function toRow(source: SourceAnswer, { t, text }: CommandContext): string[] {
	const polled = source.lastPolledAt ? minute(source.lastPolledAt) : t('source.never')
	const unread = source.unreadDate ? t('source.unread_dates', { date: source.unreadDate }) : ''
	const problem = source.problem ? problemOf(source, text) : unread
	return [String(source.id), source.locale, t(`source.state.${source.state}`), polled, source.url, problem]
}
