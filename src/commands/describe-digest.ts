import type { PreviewAnswer, ProgressAnswer } from '../http/api/index.ts'
import { formatInstant } from '../kernel/format-moment.ts'
import type { CommandContext } from './command-context.ts'
import { facts, indented, minute, table as printTable } from './print.ts'

/** What the readers of a language would be sent: subject, size and stories. */
export function describeRendition(
	rendition: PreviewAnswer['renditions'][number],
	{ t, locale, width }: CommandContext,
): string {
	const size = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(rendition.htmlBytes / 1024)
	const dropped = rendition.droppedStories
	const stories = rendition.stories.map(({ id, title, link }) => [String(id), title, link ?? ''])
	const headings = ['id', 'title', 'link'].map((name) => t(`column.${name}`))
	return [
		t(`language.${rendition.locale}`),
		indented(
			facts(
				[
					[t('digest.fact.subject'), rendition.subject],
					[t('digest.fact.preheader'), rendition.preheader],
					[t('digest.fact.size'), t('digest.size', { size })],
					[t('digest.fact.dropped'), dropped > 0 ? t('digest.dropped', { count: dropped }) : null],
				],
				width - 2,
			),
		),
		'',
		indented(printTable(headings, stories, width - 2)),
	].join('\n')
}

const shownTitles = 3

/** How many readers would get which variant, and how many nothing and why; an empty text where there is nobody. */
export function describeAudience(
	{ variants, excluded }: PreviewAnswer['audience'],
	{ t, table, locale }: Pick<CommandContext, 't' | 'table' | 'locale'>,
): string {
	const number = new Intl.NumberFormat(locale)
	const rows = variants.map((variant) => [
		t(`language.${variant.locale}`),
		number.format(variant.readers),
		[
			...variant.stories.slice(0, shownTitles).map(({ id, title }) => `${id} ${title}`),
			...(variant.stories.length > shownTitles ? ['…'] : []),
		].join('; '),
	])
	const reasons = describeExcluded(excluded, t)
	const nothing = reasons === '' ? [] : [t('digest.audience.nothing', { reasons })]
	if (rows.length === 0) return nothing.join('\n')
	const heading = t('digest.audience.title')
	return [heading, table(['language', 'mails', 'stories'], rows), ...nothing].join('\n')
}

/** What became of a digest: its sums come out even, or it says that they don't. */
export function describeDigest(
	progress: ProgressAnswer,
	{ t, locale, width = 100 }: Pick<CommandContext, 't' | 'locale'> & Partial<Pick<CommandContext, 'width'>>,
): string {
	const { counts } = progress
	const number = (count: number) => new Intl.NumberFormat(locale).format(count)
	const excluded = Object.values(counts.excluded).reduce((sum, count) => sum + count, 0)
	const rows: Array<[label: string, count: number, note?: string]> = [
		['candidates', counts.candidates],
		['excluded', excluded, describeExcluded(counts.excluded, t)],
		['planned', counts.planned],
		['accepted', counts.accepted],
		['refused', counts.refused],
		['in_doubt', counts.inDoubt],
		['bounced', counts.bounced],
		['complained', counts.complained],
		['due', counts.due],
	]
	const digits = Math.max(...rows.map(([, count]) => number(count).length))
	const shown = rows.filter(
		([label, count]) => count > 0 || !['bounced', 'complained', 'due'].includes(label),
	)
	return [
		t('digest.title', { id: progress.id, state: t(`digest.state.${progress.state}`) }),
		...progress.renditions.map(({ locale: language, subject, storyCount, webUrl }) =>
			facts(
				[[`  ${language}`, `${subject} (${t('digest.story_count', { count: storyCount })})\n${webUrl}`]],
				width,
			),
		),
		facts(
			shown.map(([label, count, note]) => [
				`  ${t(`digest.count.${label}`)}`,
				[number(count).padStart(digits), note].filter(Boolean).join('  '),
			]),
			width,
		),
		...(progress.mail === 'captured' ? [t('digest.mail_captured')] : []),
		...(progress.pauses ?? []).map(({ scope, name, reason, until, held }) =>
			held
				? t('digest.pause_of.account', { name, reason, until: minute(until) })
				: t(`digest.pause_of.${scope}`, { name, reason, until: until.slice(11, 16) }),
		),
		...(progress.alert ? [t('digest.alert', { id: progress.alert.id, count: progress.alert.events })] : []),
		...(progress.balanced ? [] : [t('digest.unbalanced')]),
		...(progress.stalledSince
			? [t('digest.stalled', { time: formatTime(progress.stalledSince, locale) })]
			: []),
	].join('\n')
}

/** A digest as a line of a list. */
export function digestRow(slug: string, progress: ProgressAnswer, { t, locale }: CommandContext): string[] {
	const { planned, accepted } = progress.counts
	const number = new Intl.NumberFormat(locale)
	return [
		String(progress.id),
		slug,
		minute(progress.createdAt),
		t(`digest.state.${progress.state}`),
		t('digest.accepted_of', { accepted: number.format(accepted), planned: number.format(planned) }),
		progress.renditions[0]?.subject ?? '',
	]
}

/** Why somebody who was looked at is sent nothing. */
export function nameReason(reason: string, t: CommandContext['t']): string {
	return reasons.includes(reason) ? t(`digest.excluded.${reason}`) : reason
}

const reasons = [
	'pending',
	'unsubscribed',
	'suppressed',
	'paused',
	'no_rendition',
	'nothing_for_choices',
	'other_rhythm',
	'choices_changed',
	'cancelled',
]

function describeExcluded(excluded: Readonly<Record<string, number>>, t: CommandContext['t']): string {
	return Object.entries(excluded)
		.filter(([, count]) => count > 0)
		.map(([reason, count]) => `${nameReason(reason, t)} ${count}`)
		.join(', ')
}

function formatTime(instant: string, locale: string): string {
	return formatInstant(new Date(instant), { locale })
}
