import type { Command } from 'commander'
import type { NewsletterAnswer } from '../http/routes/newsletters.ts'
import type { StoryAnswer } from '../http/routes/stories.ts'
import type { CommandContext } from './command-context.ts'
import { columns } from './print.ts'
import { readId, readNumber } from './read-argument.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = { json?: boolean } & Readonly<Record<string, string | undefined>>

const shortTitle = 70

/** `envoi story list|write|hide|show|link`. */
export function addStoryCommands(group: Command, context: CommandContext): void {
	const { t, add, run, suggest } = context
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
				return { json, text: columns(json.items.map((story) => toRow(story, t))) + more || t('story.none') }
			}),
		)

	add(group, 'write <slug>')
		.requiredOption('--title <text>', describe('title'))
		.option('--summary <text>', describe('summary'))
		.option('--link <url>', describe('link'))
		.option('--image <url>', describe('image'))
		.option('--image-alt <text>', describe('image_alt'))
		.option('--author <name>', describe('author'))
		.option('--locale <locale>', describe('locale'))
		.action((slug: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.post<StoryAnswer>(`${pathOf(slug)}/stories`, {
					locale: options.locale ?? (await api.get<NewsletterAnswer>(pathOf(slug))).defaultLocale,
					title: options.title,
					summary: options.summary,
					link: options.link,
					imageUrl: options.image,
					imageAlt: options.imageAlt,
					author: options.author,
				})
				const next = `${t('story.next')}\n${suggest(`digest preview ${slug}`)}`
				return { json, text: `${t('story.written', { id: json.id, locale: json.locale })}\n\n${next}` }
			}),
		)

	const change = (name: string, changes: object) =>
		add(group, `${name} <ids...>`).action((ids: string[], options: Options) =>
			run(options, async (api) => {
				const items = await changeAll(
					api,
					ids.map((id) => readId(id, t)),
					changes,
				)
				return { json: { items }, text: columns(items.map((story) => toRow(story, t))) }
			}),
		)
	change('hide', { hidden: true })
	change('show', { hidden: false, backlog: false })

	add(group, 'link <ids...>').action((ids: string[], options: Options) =>
		run(options, async (api) => {
			const storyIds = ids.map((id) => readId(id, t))
			const json = await api.post<{ items: StoryAnswer[] }>('/stories/translations', { storyIds })
			return { json, text: `${t('story.linked')}\n${columns(json.items.map((story) => toRow(story, t)))}` }
		}),
	)
}

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

async function changeAll(api: StaffApi, ids: readonly number[], changes: object): Promise<StoryAnswer[]> {
	const changed: StoryAnswer[] = []
	for (const id of ids) changed.push(await api.patch<StoryAnswer>(`/stories/${id}`, changes))
	return changed
}

function toRow(story: StoryAnswer, t: CommandContext['t']): string[] {
	const links = story.translations.map(({ id, locale }) => `${locale} ${id}`).join(', ')
	const title = story.title.length > shortTitle ? `${story.title.slice(0, shortTitle - 1)}…` : story.title
	const state = t(`story.state.${story.state}`)
	return [String(story.id), story.publishedAt.slice(0, 10), story.locale, state, title, links && `(${links})`]
}
