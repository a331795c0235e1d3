import type { Command } from 'commander'
import type { NewsletterAnswer, RulePreviewAnswer, TopicAnswer, TopicRuleAnswer } from '../http/api/index.ts'
import { newsletterLocales } from '../newsletters/defaults/index.ts'
import { ask, canAsk } from './ask.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { readId, readNumber } from './read-argument.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = { json?: boolean; source?: string; dryRun?: boolean; yes?: boolean } & Readonly<
	Record<string, string | boolean | undefined>
>

type Topics = { items: TopicAnswer[] }

/** `envoi topic list|add|change|order|archive|restore|rule|unrule`: the themes of a newsletter that readers may choose. */
export function addTopicCommands(group: Command, context: CommandContext): void {
	addList(group, context)
	addAdd(group, context)
	addChange(group, context)
	addOrder(group, context)
	addArchive(group, context, { name: 'archive', archived: true })
	addArchive(group, context, { name: 'restore', archived: false })
	addRule(group, context)
	addUnrule(group, context)
}

function addList(group: Command, context: CommandContext): void {
	const { t, add, run, suggest } = context
	add(group, 'list <slug>').action((slug: string, options: Options) =>
		run(options, async (api) => {
			const topics = await api.get<Topics>(`${pathOf(slug)}/topics`)
			const rules = await api.get<{ items: TopicRuleAnswer[] }>(`${pathOf(slug)}/topic-rules`)
			const json = { items: topics.items, rules: rules.items }
			if (topics.items.length === 0) {
				return { json, text: `${t('topic.none')}\n${suggest(t('topic.example', { slug }))}` }
			}
			const lists = [listTopics(topics.items, context), listRules(rules.items, context)]
			return { json, text: lists.filter(Boolean).join('\n\n') }
		}),
	)
}

function addAdd(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	addTexts(add(group, 'add <slug> <topic>'), context).action(
		(slug: string, topic: string, options: Options) =>
			run(options, async (api) => {
				const texts = readTexts(options, await defaultLocaleOf(api, slug))
				const json = await api.post<TopicAnswer>(`${pathOf(slug)}/topics`, { slug: topic, texts })
				return { json, text: `${t('topic.added', { topic })}\n${listTopics([json], context)}` }
			}),
	)
}

function addChange(group: Command, context: CommandContext): void {
	const { add, run } = context
	addTexts(add(group, 'change <slug> <topic>'), context).action(
		(slug: string, topic: string, options: Options) =>
			run(options, async (api) => {
				const texts = readTexts(options, await defaultLocaleOf(api, slug))
				const json = await api.patch<TopicAnswer>(topicPath(slug, topic), { texts })
				return { json, text: listTopics([json], context) }
			}),
	)
}

function addOrder(group: Command, context: CommandContext): void {
	const { add, run } = context
	add(group, 'order <slug> <topics...>').action((slug: string, topics: string[], options: Options) =>
		run(options, async (api) => {
			const json = await api.post<Topics>(`${pathOf(slug)}/topic-order`, { topics })
			return { json, text: listTopics(json.items, context) }
		}),
	)
}

function addArchive(
	group: Command,
	{ t, add, run }: CommandContext,
	{ name, archived }: { name: 'archive' | 'restore'; archived: boolean },
): void {
	add(group, `${name} <slug> <topic>`).action((slug: string, topic: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.patch<TopicAnswer>(topicPath(slug, topic), { archived })
			return { json, text: t(archived ? 'topic.archived' : 'topic.restored', { topic }) }
		}),
	)
}

function addRule(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	add(group, 'rule <slug> <topic> <category>')
		.option('--source <id>', t('topic.option.source'))
		.option('--dry-run', t('topic.option.dry_run'))
		.option('--yes', t('topic.option.yes'))
		.action((slug: string, topic: string, category: string, options: Options) =>
			run(options, async (api) => {
				const body = { topic, category, sourceId: readNumber(options.source, '--source', t) ?? null }
				const preview = await api.post<RulePreviewAnswer>(`${pathOf(slug)}/topic-rules/preview`, body)
				const shown = describePreview(preview, { topic, category }, context)
				if (options.dryRun) return { json: preview, text: shown }
				if (!options.yes && !(await isWanted(shown, context))) {
					return { json: preview, text: t('topic.rule_dropped') }
				}
				const json = await api.post<TopicRuleAnswer>(`${pathOf(slug)}/topic-rules`, body)
				const added = t('topic.rule_added', { id: json.id })
				return { json, text: options.yes ? `${shown}\n${added}` : added }
			}),
		)
}

/** Shows what a rule would do and asks whether it shall. Throws a UsageError where nobody can answer. */
async function isWanted(shown: string, { t, io }: CommandContext): Promise<boolean> {
	if (!canAsk(io)) throw new UsageError(`${shown}\n${t('topic.needs_yes')}`)
	io.stderr.write(`${shown}\n`)
	return ask(t('topic.ask'), io)
}

function addUnrule(group: Command, { t, add, run }: CommandContext): void {
	add(group, 'unrule <slug> <id>').action((slug: string, id: string, options: Options) =>
		run(options, async (api) => {
			await api.remove(`${pathOf(slug)}/topic-rules/${readId(id, t)}`)
			return { json: { id: Number(id) }, text: t('topic.rule_removed', { id }) }
		}),
	)
}

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`
const topicPath = (slug: string, topic: string) => `${pathOf(slug)}/topics/${encodeURIComponent(topic)}`

async function defaultLocaleOf(api: StaffApi, slug: string): Promise<string> {
	return (await api.get<NewsletterAnswer>(pathOf(slug))).defaultLocale
}

const fields = ['name', 'description'] as const

/** `--name`, `--description`, and each for a language: `--name-fr`. */
function addTexts(command: Command, { t }: CommandContext): Command {
	for (const field of fields) {
		command.option(`--${field} <text>`, t(`topic.option.${field}`))
		for (const locale of newsletterLocales) {
			command.option(`--${field}-${locale} <text>`, t('newsletter.option.name_in', { locale }))
		}
	}
	return command
}

function readTexts(options: Options, main: string): Record<string, Record<string, string>> {
	const texts: Record<string, Record<string, string>> = {}
	for (const field of fields) {
		for (const locale of newsletterLocales) {
			const named = options[`${field}${locale[0]?.toUpperCase()}${locale.slice(1)}`]
			const value = named ?? (locale === main ? options[field] : undefined)
			if (typeof value === 'string') texts[locale] = { ...texts[locale], [field]: value }
		}
	}
	return texts
}

function listTopics(topics: readonly TopicAnswer[], { t, table, locale }: CommandContext): string {
	const rows = topics.map(({ slug, texts, archivedAt }) => {
		const text = texts[locale] ?? Object.values(texts)[0]
		const others = Object.entries(texts)
			.map(([language, { name }]) => `${name} (${language})`)
			.join(', ')
		return [
			slug,
			others,
			text?.description ?? '',
			archivedAt ? t('topic.state.archived') : t('topic.state.offered'),
		]
	})
	return table(['topic', 'name', 'description', 'state'], rows)
}

function listRules(rules: readonly TopicRuleAnswer[], { t, table }: CommandContext): string {
	if (rules.length === 0) return ''
	const rows = rules.map(({ id, category, topic, sourceId }) => [
		String(id),
		category,
		topic,
		sourceId === null ? t('topic.all_sources') : String(sourceId),
	])
	return table(['id', 'category', 'topic', 'source'], rows)
}

function describePreview(
	{ lookedAt, matching }: RulePreviewAnswer,
	{ topic, category }: { topic: string; category: string },
	{ t }: CommandContext,
): string {
	const head = t('topic.preview', { count: matching.length, lookedAt, topic, category })
	const all = matching.length > 0 && matching.length === lookedAt ? [t('topic.matches_all')] : []
	return [head, ...matching.map(({ id, title }) => `   ${id}  ${title}`), ...all].join('\n')
}
