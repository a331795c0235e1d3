import type { Command } from 'commander'
import type {
	CountsAnswer,
	GrowthAnswer,
	LeavingAnswer,
	LeavingCommentsAnswer,
	TallyCheckAnswer,
} from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'

type Options = { json?: boolean }
type GrowthOptions = Options & { by?: string; from?: string; to?: string }

/** `envoi readers count|growth|left|check`: how many there are and who came and left, from the tallies, and whether those are right. */
export function addReadersCommands(group: Command, context: CommandContext): void {
	const { t, add, run, table } = context
	add(group, 'count <slug>').action((slug: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.get<CountsAnswer>(
				`/newsletters/${encodeURIComponent(slug)}/subscriptions/counts`,
			)
			const states = (['active', 'pending', 'paused', 'suppressed', 'unsubscribed'] as const).map((state) => [
				t(`readers.state.${state}`),
				String(json[state]),
			])
			const locales = Object.entries(json.activeByLocale).map(([locale, count]) => [locale, String(count)])
			const sources = Object.entries(json.activeBySource).map(([source, count]) => [
				t(`readers.source.${source}`),
				String(count),
			])
			const topics = Object.entries(json.activeByTopic).map(([topic, count]) => [topic, String(count)])
			const all = [t('readers.all_topics'), String(json.activeAllTopics)]
			const rhythms = [
				[t('reader.rhythm.each'), String(json.active - json.activeRoundUp)],
				[t('reader.rhythm.round_up'), String(json.activeRoundUp)],
			]
			const text = [
				table(['state', 'number'], states),
				locales.length > 0 ? table(['language', 'number'], locales) : '',
				sources.length > 0 ? table(['came_by', 'number'], sources) : '',
				topics.length > 0 ? table(['topic', 'number'], [all, ...topics]) : '',
				json.activeRoundUp > 0 ? table(['rhythm', 'number'], rhythms) : '',
			]
			return { json, text: text.filter(Boolean).join('\n\n') }
		}),
	)

	addGrowth(group, context)

	addLeft(group, context)

	add(group, 'check').action((options: Options) =>
		run(options, async (api) => {
			const json = await api.get<TallyCheckAnswer>('/subscriptions/check')
			if (json.differences.length === 0) return { json, text: t('readers.right') }
			process.exitCode = 1
			const rows = json.differences.map((each) => [
				each.newsletter,
				t(`reader.state.${each.state}`),
				each.locale,
				String(each.tallied),
				String(each.counted),
			])
			const found = table(['newsletter', 'state', 'language', 'tallied', 'counted'], rows)
			return { json, text: `${t('readers.wrong')}\n\n${found}` }
		}),
	)
}

function addLeft(group: Command, { t, add, run, table }: CommandContext): void {
	add(group, 'left <slug>').action((slug: string, options: Options) =>
		run(options, async (api) => {
			const path = `/newsletters/${encodeURIComponent(slug)}/leaving`
			const counts = await api.get<LeavingAnswer>(path)
			const comments = await api.get<LeavingCommentsAnswer>(`${path}/comments`)
			const why = (reason: string | null) => (reason ? t(`readers.why.${reason}`) : t('readers.no_reason'))
			const months = counts.months.map((each) => [each.month, why(each.reason), String(each.count)])
			const digests = counts.digests.map((each) => [
				String(each.digestId),
				why(each.reason),
				String(each.count),
			])
			const written = comments.items.map((each) => [each.at.slice(0, 10), why(each.reason), each.comment])
			const text = [
				months.length > 0 ? table(['month', 'reason', 'number'], months) : t('readers.nobody_left'),
				digests.length > 0 ? table(['digest', 'reason', 'number'], digests) : '',
				written.length > 0 ? table(['when', 'reason', 'comment'], written) : '',
			]
			return { json: { ...counts, comments: comments.items }, text: text.filter(Boolean).join('\n\n') }
		}),
	)
}

function addGrowth(group: Command, { t, add, run, table }: CommandContext): void {
	add(group, 'growth <slug>')
		.option('--by <period>', t('readers.option.by'), 'day')
		.option('--from <day>', t('readers.option.from'))
		.option('--to <day>', t('readers.option.to'))
		.action((slug: string, { by = 'day', from, to, ...options }: GrowthOptions) =>
			run(options, async (api) => {
				const days = Object.entries({ by, from, to }).filter((entry): entry is [string, string] => !!entry[1])
				const json = await api.get<GrowthAnswer>(
					`/newsletters/${encodeURIComponent(slug)}/subscriptions/growth?${new URLSearchParams(days)}`,
				)
				const rows = json.items.map(({ period, locale, source, sourceHost, left, ...each }) => [
					by === 'month' ? period.slice(0, 7) : period,
					locale,
					[t(`readers.source.${source}`), sourceHost].filter(Boolean).join(' · '),
					...[each.joined, each.confirmed, each.cameBack, sum(Object.values(left)), each.bounced].map(String),
				])
				const columns = [
					'period',
					'language',
					'came_by',
					'joined',
					'confirmed',
					'came_back',
					'left',
					'bounced',
				]
				return { json, text: rows.length > 0 ? table(columns, rows) : t('readers.growth.none') }
			}),
		)
}

function sum(counts: readonly number[]): number {
	return counts.reduce((total, count) => total + count, 0)
}
