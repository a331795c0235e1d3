import type { Command } from 'commander'
import type { NewsletterAnswer, StoryAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { facts, minute } from './print.ts'
import { readId, readNumber } from './read-argument.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = {
	json?: boolean
	state?: string
	locale?: string
	limit?: string
	topic?: string[]
	/** False: none. */
	topics?: boolean
	category?: string[]
} & Readonly<Record<string, string | string[] | boolean | undefined>>

/** `envoi story list|show|write|change|hide|release|link`. */
export function addStoryCommands(group: Command, context: CommandContext): void {
	addList(group, context)
	addShow(group, context)
	addWrite(group, context)
	addChange(group, context)
	addState(group, context, { name: 'hide', changes: { hidden: true } })
	addState(group, context, { name: 'release', changes: { hidden: false, backlog: false } })
	addLink(group, context)
}

function addList(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	const describe = (option: string) => t(`story.option.${option}`)
	add(group, 'list <slug>')
		.option('--state <state>', describe('state'))
		.option('--locale <locale>', describe('locale'))
		.option('--limit <number>', describe('limit'), '30')
		.action((slug: string, options: Options) =>
			run(options, async (api) => {
				const query = {
					state: options.state,
					locale: options.locale,
					limit: readNumber(options.limit, '--limit', t),
				}
				const json = await api.get<{ items: StoryAnswer[]; next: string | null }>(
					`${pathOf(slug)}/stories`,
					query,
				)
				const more = json.next ? `\n${t('story.more')}` : ''
				return { json, text: list(json.items, context) + more || t('story.none') }
			}),
		)
}

function addShow(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	add(group, 'show <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.get<StoryAnswer>(`/stories/${readId(id, t)}`)
			return { json, text: show(json, context) }
		}),
	)
}

function addWrite(group: Command, context: CommandContext): void {
	const { t, add, run, suggest } = context
	addTexts(add(group, 'write <slug>').requiredOption('--title <text>', t('story.option.title')), context)
		.option('--locale <locale>', t('story.option.locale'))
		.action((slug: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.post<StoryAnswer>(`${pathOf(slug)}/stories`, {
					locale: options.locale ?? (await api.get<NewsletterAnswer>(pathOf(slug))).defaultLocale,
					...readTexts(options),
				})
				const next = `${t('story.next')}\n${suggest(`digest preview ${slug}`)}`
				return { json, text: `${t('story.written', { id: json.id, locale: json.locale })}\n\n${next}` }
			}),
		)
}

function addChange(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	addTexts(add(group, 'change <id>').option('--title <text>', t('story.option.title')), context)
		.option('--no-topics', t('story.option.no_topics'))
		.action((id: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.patch<StoryAnswer>(`/stories/${readId(id, t)}`, readTexts(options))
				return { json, text: show(json, context) }
			}),
		)
}

function addTexts(command: Command, { t }: CommandContext): Command {
	const describe = (option: string) => t(`story.option.${option}`)
	return command
		.option('--summary <text>', describe('summary'))
		.option('--link <url>', describe('link'))
		.option('--image <url>', describe('image'))
		.option('--image-alt <text>', describe('image_alt'))
		.option('--author <name>', describe('author'))
		.option('--topic <topic...>', describe('topic'))
		.option('--category <word...>', describe('category'))
		.option('--published <time>', describe('published'))
}

/** What was given, as the API takes it. An empty text takes away what may be missing. */
function readTexts(options: Options): Record<string, unknown> {
	const orNone = (text: unknown) => (text === '' ? null : text)
	return {
		title: options.title,
		summary: options.summary,
		link: orNone(options.link),
		imageUrl: orNone(options.image),
		imageAlt: orNone(options.imageAlt),
		author: orNone(options.author),
		topics: options.topics === false ? [] : options.topic,
		categories: options.category,
		publishedAt: options.published,
	}
}

function addState(
	group: Command,
	context: CommandContext,
	{ name, changes }: { name: string; changes: object },
): void {
	const { t, add, run } = context
	add(group, `${name} <ids...>`).action((ids: string[], options: Options) =>
		run(options, async (api) => {
			const storyIds = ids.map((id) => readId(id, t))
			const items = await changeAll(api, storyIds, changes)
			return { json: { items }, text: list(items, context) }
		}),
	)
}

function addLink(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	add(group, 'link <ids...>').action((ids: string[], options: Options) =>
		run(options, async (api) => {
			const storyIds = ids.map((id) => readId(id, t))
			const json = await api.post<{ items: StoryAnswer[] }>('/stories/translations', { storyIds })
			return { json, text: `${t('story.linked')}\n${list(json.items, context)}` }
		}),
	)
}

const columns = ['id', 'published', 'language', 'state', 'title', 'translations']

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

async function changeAll(api: StaffApi, ids: readonly number[], changes: object): Promise<StoryAnswer[]> {
	const changed: StoryAnswer[] = []
	for (const id of ids) changed.push(await api.patch<StoryAnswer>(`/stories/${id}`, changes))
	return changed
}

function list(stories: readonly StoryAnswer[], { t, table }: CommandContext): string {
	const rows = stories.map((story) => toRow(story, t))
	return table(columns, rows)
}

function toRow(story: StoryAnswer, t: CommandContext['t']): string[] {
	const links = story.translations.map(({ id, locale }) => `${locale} ${id}`).join(', ')
	const state = t(`story.state.${story.state}`)
	return [String(story.id), story.publishedAt.slice(0, 10), story.locale, state, story.title, links]
}

function show(story: StoryAnswer, { t, width }: CommandContext): string {
	const fact = (name: string) => t(`story.fact.${name}`)
	return facts(
		[
			[fact('id'), String(story.id)],
			[fact('title'), story.title],
			[fact('language'), story.locale],
			[fact('state'), t(`story.state.${story.state}`)],
			[fact('published'), minute(story.publishedAt)],
			[fact('author'), story.author],
			[fact('link'), story.link],
			[fact('image'), story.imageUrl],
			[fact('image_alt'), story.imageAlt],
			[fact('categories'), story.categories.join(', ')],
			[fact('topics'), story.topics.join(', ')],
			[fact('translations'), story.translations.map(({ id, locale }) => `${locale} ${id}`).join(', ')],
			[fact('summary'), story.summary],
		],
		width,
	)
}
